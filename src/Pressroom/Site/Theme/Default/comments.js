// Comments work without this file. With it, the form is fresh when somebody begins to write, and an old link finds its comment.
(() => {
  const form = document.querySelector('form.comment-form');
  if (form) {
    form.addEventListener('focusin', async () => {
      try {
        const answer = await fetch(form.getAttribute('action') + '/form', { credentials: 'omit' });
        if (answer.ok) {
          const { token, submissionId } = await answer.json();
          form.elements.token.value = token;
          form.elements.submissionId.value ||= submissionId;
        }
      } catch {
        // The form is taken without a token too.
      }
    }, { once: true });
  }

  // A thread that was among the newest is on an older page by now.
  const id = location.hash.slice(1);
  const older = document.querySelector('.comments .pages .older');
  if (/^comment-[0-9a-f]{32}$/.test(id) && older && !document.getElementById(id)) {
    location.replace(older.href + '#' + id);
  }
})();
