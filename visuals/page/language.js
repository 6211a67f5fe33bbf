// The page is in English, whatever language gradio chooses for the few words of its own.
{
  const root = document.documentElement;
  new MutationObserver(() => root.lang === 'en' || (root.lang = 'en')).observe(root, { attributeFilter: ['lang'] });
}
