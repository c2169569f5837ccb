package lms

import (
	"html/template"
	"net/url"
	"slices"
)

// A choice is what somebody has chosen on the course's page. It is in the address of every page, so that several
// windows can be several people.
type choice struct {
	As      person
	Version string // of LTI
	Show    string // where the tool opens
	Storage string // who answers lti.put_data and lti.get_data: nobody, the page, or a frame in it
	Lang    string // what the tool is told
}

type option struct{ Value, Label string }

var (
	versions = []option{{"1.3", "LTI 1.3"}, {"1.1", "LTI 1.1"}}
	shows    = []option{{"frame", "in the course’s page"}, {"window", "in a new window"}}
	storages = []option{{"", "not offered"}, {"page", "offered by the page"}, {"frame", "offered by a frame in the page"}}
	langs    = []option{
		{"en-GB", "English"}, {"nl-NL", "Nederlands"}, {"de-DE", "Deutsch"}, {"fr-FR", "français"}, {"es-ES", "español"}, {"pt-BR", "português do Brasil"},
		{"ru-RU", "русский"}, {"uk-UA", "українська"}, {"tr-TR", "Türkçe"}, {"ar", "العربية"}, {"fa-IR", "فارسی"}, {"zh-CN", "简体中文"},
		{"", "not told"},
	}
)

func readChoice(q url.Values) choice {
	pick := func(name string, all []option) string {
		if q.Has(name) && slices.ContainsFunc(all, func(o option) bool { return o.Value == q.Get(name) }) {
			return q.Get(name)
		}
		return all[0].Value
	}
	return choice{
		As: personOf(q.Get("as")), Version: pick("lti", versions), Show: pick("show", shows), Storage: pick("storage", storages), Lang: pick("lang", langs),
	}
}

// query is the choice for an address.
func (c choice) query() string {
	return url.Values{"as": {c.As.ID}, "lti": {c.Version}, "show": {c.Show}, "storage": {c.Storage}, "lang": {c.Lang}}.Encode()
}

// Query is the same for templates, which would encode it once more.
func (c choice) Query() template.URL { return template.URL(c.query()) }

// target is the frame that keeps data for the tool: "LTI Client Side postMessages", lti_storage_target; "": none.
func (c choice) target() string {
	return map[string]string{"page": "_parent", "frame": storageFrame}[c.Storage]
}

// storageFrame is the name of the frame that answers in the page's place.
const storageFrame = "lti_storage"

// document is document_target of LTI's launch_presentation.
func (c choice) document() string {
	if c.Show == "window" {
		return "window"
	}
	return "iframe"
}
