// A picture is sent as a smaller JPEG, made here: so it can be of any kind that this browser shows, and a web server
// before the page takes it. What the browser does not show goes as it is; of what is too large only enough travels for
// the server to say so. See uploads.py.
{
  const limits = LIMITS;
  const ready = new WeakSet(); // inputs whose files are to be sent

  const smaller = async file => {
    if (file.size <= limits.asItIs && limits.kinds.includes(file.type)) return file;
    const picture = new Image(), canvas = document.createElement('canvas');
    picture.src = URL.createObjectURL(file);
    try {
      await picture.decode();
      const { naturalWidth: width, naturalHeight: height } = picture; // upright
      const scale = Math.min(1, limits.side / Math.max(width, height));
      [canvas.width, canvas.height] = [width, height].map(side => Math.max(1, Math.round(scale * side)));
      const pen = canvas.getContext('2d');
      pen.imageSmoothingQuality = 'high';
      pen.fillStyle = 'white'; // where the picture is transparent
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const content = await new Promise(done => canvas.toBlob(done, 'image/jpeg', 0.92));
      return new File([content], `${file.name}.jpg`, { type: 'image/jpeg' });
    } catch {
      return new File([file.slice(0, limits.bytes + 1)], file.name, { type: file.type });
    } finally {
      URL.revokeObjectURL(picture.src);
    }
  };

  document.addEventListener('change', async event => {
    const input = event.target;
    if (input.type !== 'file' || ready.delete(input)) return;
    event.stopImmediatePropagation(); // before Gradio looks at the files
    const files = new DataTransfer();
    for (const file of await Promise.all([...input.files].map(smaller))) files.items.add(file);
    input.files = files.files;
    ready.add(input);
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, { capture: true });
}
