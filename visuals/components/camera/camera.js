// A picture from the visitor's camera, taken by the browser; nothing is sent before "Take this picture" is pressed.

export default ({ element, props, trigger, signal }) => {
  const [start, live, video, problem] = ['.start', '.live', 'video', '.problem'].map(name => element.querySelector(name));
  const SIDE = 480; // pixels of the picture that is sent: its central square

  const WHY = {
    NotAllowedError: 'The browser does not let this page use the camera. Allow it in the address bar, or send a picture.',
    NotFoundError: 'No camera was found. Connect one, or send a picture.',
    NotReadableError: 'The camera is used by another program. Close that, or send a picture.',
  };

  const off = () => {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    [live.hidden, start.hidden] = [true, false];
  };

  signal.addEventListener('abort', off);
  start.addEventListener('click', async () => {
    problem.textContent = '';
    try {
      if (!navigator.mediaDevices) throw new Error('no camera without https'); // browsers keep it from such pages
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 } } });
      await video.play();
      [live.hidden, start.hidden] = [false, true];
      element.querySelector('.take').focus();
    } catch (error) {
      off();
      problem.textContent = WHY[error.name] ?? 'This browser offers no camera to this page. Send a picture instead.';
    }
  });

  element.querySelector('.take').addEventListener('click', () => {
    const { videoWidth: width, videoHeight: height } = video, short = Math.min(width, height);
    const canvas = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE });
    canvas.getContext('2d').drawImage(video, (width - short) / 2, (height - short) / 2, short, short, 0, 0, SIDE, SIDE);
    props.value = { picture: canvas.toDataURL('image/jpeg', 0.9) };
    off();
    start.focus();
    trigger('taken', {});
  });
  element.querySelector('.stop').addEventListener('click', () => {
    off();
    start.focus();
  });
};
