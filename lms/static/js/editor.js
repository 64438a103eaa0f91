// Wagtail's editor of formatted text: tables and exact text typed in boxes, and paste read by the server
// (cms/text_embeds.py, cms/pasting.py).
(() => {
  if (!window.draftail || window.sitePaste) return;
  window.sitePaste = true;
  const h = window.React.createElement;
  const { AtomicBlockUtils, EditorState, Modifier, convertFromRaw } = window.DraftJS;

  // -- a box for the rows of a table, or for lines of exact text

  class Exhibit extends window.React.Component {
    constructor(props) {
      super(props);
      this.state = { ...props.blockProps.entity.getData() };
    }
    change(name, value) {
      this.setState({ [name]: value });
      const { editorState, onChange } = this.props.blockProps;
      const key = this.props.block.getEntityAt(0);
      const content = editorState.getCurrentContent().mergeEntityData(key, { [name]: value });
      onChange(EditorState.set(editorState, { currentContent: content }));
    }
    field(name, label) {
      const { lockEditor, unlockEditor } = this.props.blockProps;
      const value = this.state[name] || "";
      const shared = {
        value,
        onChange: (event) => this.change(name, event.target.value),
        onFocus: lockEditor,
        onBlur: unlockEditor,
      };
      const box = name === "caption"
        ? h("input", { ...shared, type: "text", maxLength: 160 })
        : h("textarea", { ...shared, rows: Math.min(20, value.split("\n").length + 1), spellCheck: name !== "code" });
      return h("label", { key: name }, h("span", null, label), box);
    }
    render() {
      const { labels, description, remove: word } = this.props.blockProps.entityType;
      const { onRemoveEntity, unlockEditor } = this.props.blockProps;
      const remove = () => { unlockEditor(); onRemoveEntity(); };
      return h("div", { className: "site-embed", contentEditable: false, suppressContentEditableWarning: true },
        h("div", { className: "site-embed-bar" }, h("strong", null, description),
          h("button", { type: "button", className: "button button-small button-secondary", onClick: remove }, word)),
        Object.keys(labels).map((name) => this.field(name, labels[name])));
    }
  }

  class NewExhibit extends window.React.Component {
    componentDidMount() {
      const { editorState, entityType, onComplete } = this.props;
      const empty = Object.fromEntries(Object.keys(entityType.labels).map((name) => [name, ""]));
      const content = editorState.getCurrentContent().createEntity(entityType.type, "IMMUTABLE", empty);
      onComplete(AtomicBlockUtils.insertAtomicBlock(editorState, content.getLastCreatedEntityKey(), " "));
    }
    render() { return null; }
  }

  for (const type of ["TABLE", "PREFORMATTED"]) {
    window.draftail.registerPlugin({ type, source: NewExhibit, block: Exhibit }, "entityTypes");
  }

  // -- paste

  const holderOf = (element) => element && element.closest("[data-draftail-editor-wrapper]");

  function tell(wrapper, texts, title) {
    const old = wrapper.parentNode.querySelector(":scope > .site-lost");
    if (old) old.remove();
    if (!texts.length) return;
    const box = document.createElement("div");
    box.className = "site-lost help-block help-warning";
    box.setAttribute("role", "alert");
    if (title) {
      const heading = document.createElement("strong");
      heading.textContent = title;
      box.append(heading);
    }
    const list = document.createElement("ul");
    for (const text of texts) {
      const item = document.createElement("li");
      item.textContent = text;
      list.append(item);
    }
    box.append(list);
    wrapper.after(box);
  }

  function insert(editorState, raw) {
    const fragment = convertFromRaw(raw).getBlockMap();
    const content = Modifier.replaceWithFragment(editorState.getCurrentContent(), editorState.getSelection(), fragment);
    return EditorState.push(editorState, content, "insert-fragment");
  }

  window.draftail.registerPlugin({
    type: "paste",
    handlePastedText(text, html, _state, { getEditorState, setEditorState }) {
      const wrapper = holderOf(document.activeElement);
      if (!html || !wrapper || html.includes("data-draftjs-conductor-fragment")) return "not-handled";
      const token = document.querySelector("[name=csrfmiddlewaretoken]");
      wrapper.setAttribute("aria-busy", "true");
      fetch(this.address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token ? token.value : "" },
        body: JSON.stringify({ html, features: this.features }),
      }).then(async (answer) => {
        const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
        if (!answer.ok || !told.content) throw new Error(told.error || "");
        if (told.content.blocks.length) setEditorState(insert(getEditorState(), told.content));
        tell(wrapper, told.lost, this.heading);
      }).catch((error) => {
        const state = getEditorState();
        const content = Modifier.replaceText(state.getCurrentContent(), state.getSelection(), text || "");
        setEditorState(EditorState.push(state, content, "insert-characters"));
        tell(wrapper, [error.message && !(error instanceof TypeError) ? error.message : this.failed]);
      }).finally(() => wrapper.removeAttribute("aria-busy"));
      return "handled";
    },
  }, "plugins");
})();
