// The page is in English, whatever language gradio chooses for the few words of its own.
{
  const root = document.documentElement;
  const inEnglish = () => root.lang === 'en' || (root.lang = 'en');
  new MutationObserver(inEnglish).observe(root, { attributeFilter: ['lang'] });
  inEnglish(); // gradio may have been first
}
