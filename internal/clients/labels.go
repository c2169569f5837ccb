package clients

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed labels.yaml
var labelFile []byte

// clientLabels are the labels of one client: language, name, text.
type clientLabels struct {
	Version   string
	Languages map[string]map[string]string
}

// readLabels reads labelFile when a label is first asked for. A test proves
// that it can be read.
var readLabels = sync.OnceValues(func() (map[string]clientLabels, error) {
	all := map[string]clientLabels{}
	err := yaml.UnmarshalWithOptions(labelFile, &all, yaml.Strict())
	return all, err
})

// labelsOf returns the labels of a client; none if it has only commands.
func labelsOf(id string) clientLabels {
	if id == psi {
		id = psiPlus
	}
	all, _ := readLabels()
	return all[id]
}

// label returns the text in the language, or in English as the client does
// when it has no translation. Names that the client fills in become "…".
func (l clientLabels) label(name, lang string) string {
	for _, tag := range append(l.candidates(lang), "en", "en-US") {
		if text := l.Languages[tag][name]; text != "" {
			return strings.NewReplacer("%s", "…", "%1", "…").Replace(text)
		}
	}
	return ""
}

// usual is the region that a client shows to somebody who named none.
var usual = map[string]string{"es": "es-ES", "pt": "pt-PT", "zh": "zh-CN"}

// candidates returns the languages of the client in which a learner of lang
// sees it, best first. Another script or region of the language is chosen only
// if it is the one that the client has: it is what the learner has installed.
func (l clientLabels) candidates(lang string) []string {
	lang = strings.ReplaceAll(lang, "_", "-")
	lang, _, _ = strings.Cut(lang, ".") // pl_PL.UTF-8
	base, region, hasRegion := strings.Cut(lang, "-")
	base = strings.ToLower(base)
	if base == "no" {
		base = "nb"
	}
	var exact, regions []string
	for tag := range l.Languages {
		b, r, has := strings.Cut(tag, "-")
		switch {
		case b != base:
		case has && hasRegion && strings.EqualFold(r, region):
			exact = append(exact, tag)
		case has && len(r) == 2:
			regions = append(regions, tag)
		}
	}
	exact = append(exact, base)
	switch {
	case base == "zh" && hasRegion:
		return exact // traditional and simplified characters are not the same words
	case len(regions) == 1:
		return append(exact, regions[0])
	}
	return append(exact, usual[base])
}
