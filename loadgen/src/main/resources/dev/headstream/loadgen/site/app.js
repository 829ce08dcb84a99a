'use strict';
// What the portal's pages do in the browser. Every page carries its data in attributes and ids that flows can rely on.
(function () {
  const find = (id) => document.getElementById(id);

  function row(hit) {
    const item = document.createElement('li');
    const image = document.createElement('img');
    image.src = '/assets/product-' + hit.image + '.svg';
    image.width = 64;
    image.height = 48;
    image.alt = '';
    const title = document.createElement('a');
    title.className = 'title';
    title.href = '/item/' + hit.number;
    title.textContent = hit.title;
    const price = document.createElement('span');
    price.className = 'price';
    price.textContent = hit.price;
    item.append(image, title, price);
    return item;
  }

  async function search(query) {
    const results = find('results');
    const status = find('status');
    results.replaceChildren();
    results.setAttribute('aria-busy', 'true');
    results.removeAttribute('data-query');
    find('search-error').textContent = '';
    find('popular').hidden = true;
    find('go').disabled = true;
    status.textContent = 'Searching …';
    try {
      const answer = await fetch('/api/search?q=' + encodeURIComponent(query), { headers: { accept: 'application/json' } });
      if (!answer.ok) {
        throw new Error('The search failed (' + answer.status + '). Try again.');
      }
      const { hits } = await answer.json();
      results.append(...hits.map(row));
      results.dataset.query = query;
      status.textContent = hits.length === 0 ? 'Nothing found.' : hits.length + ' results';
    } catch (e) {
      status.textContent = '';
      find('search-error').textContent = e.message;
    } finally {
      results.removeAttribute('aria-busy');
      find('go').disabled = false;
    }
  }

  function searchPage() {
    find('search-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const query = find('q').value;
      history.replaceState(null, '', '/search?q=' + encodeURIComponent(query));
      search(query);
    });
    if (find('q').value) {
      search(find('q').value);
    }
  }

  function feedPage() {
    const feed = find('feed');
    const state = find('feed-state');
    let loading = false;
    async function more() {
      if (loading || feed.dataset.done) {
        return;
      }
      loading = true;
      const answer = await fetch('/api/feed?from=' + feed.children.length);
      const before = feed.children.length;
      feed.insertAdjacentHTML('beforeend', await answer.text());
      loading = false;
      if (feed.children.length === before) {
        feed.dataset.done = 'true';
        state.textContent = 'That was all: ' + before + ' articles.';
        observer.disconnect();
      } else {
        state.textContent = feed.children.length + ' articles so far';
        // Observed anew, the end is reported again if it is in view; otherwise a reader who scrolls
        // before the next frame never leaves the view, and nothing would be reported.
        observer.unobserve(state);
        observer.observe(state);
      }
    }
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && more());
    observer.observe(state);
  }

  function dialogsPage() {
    const modal = find('modal');
    const say = (text) => (find('answer').textContent = text);
    find('open-modal').addEventListener('click', () => modal.showModal());
    modal.addEventListener('close', () => say('Modal: ' + (modal.returnValue || 'closed')));
    find('ask-confirm').addEventListener('click', () => say('Confirm: ' + confirm('Do you really want to?')));
    find('ask-prompt').addEventListener('click', () => say('Prompt: ' + prompt('What is your name?', 'nobody')));
    find('open-window').addEventListener('click', () => say(window.open('/frames/inner', '_blank') ? 'Window opened' : 'Window blocked'));
  }

  for (const form of document.querySelectorAll('form[data-busy]')) {
    form.addEventListener('submit', () => {
      const button = form.querySelector('button');
      button.disabled = true;
      button.textContent = form.dataset.busy + ' …';
    });
  }
  if (find('search-form')) {
    searchPage();
  }
  if (find('feed')) {
    feedPage();
  }
  if (find('modal')) {
    dialogsPage();
  }
  document.documentElement.dataset.ready = 'true';
})();
