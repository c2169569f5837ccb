package fsm_test

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestDOT(t *testing.T) {
	const want = `digraph {
	rankdir=LR
	node [shape=box style=rounded]
	"" [shape=point]
	"broken" [label="broken" peripheries=2]
	"off" [label="off\nleave / pull"]
	"on" [label="on\nenter / glow\nenter / hum\nleave / fade"]
	"" -> "off"
	"off" -> "broken" [label="break"]
	"off" -> "on" [label="switch"]
	"on" -> "off" [label="switch"]
	"on" -> "on" [label="flicker"]
}
`
	var b strings.Builder
	if err := lamp(t).DOT(&b); err != nil || b.String() != want {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestMermaid(t *testing.T) {
	const want = `stateDiagram-v2
    state "broken" as s1
    state "off<br/>leave / pull" as s2
    state "on<br/>enter / glow<br/>enter / hum<br/>leave / fade" as s3
    [*] --> s2
    s2 --> s1: break
    s2 --> s3: switch
    s3 --> s2: switch
    s3 --> s3: flicker
    s1 --> [*]
`
	var b strings.Builder
	if err := lamp(t).Mermaid(&b); err != nil || b.String() != want {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// Names are anybody's words; none of them may end a quotation or become a sign of the drawing.
func TestPicturesQuoteNames(t *testing.T) {
	m := mustMake(t, "a\"b\\\n;c", defs{
		"a\"b\\\n;c": {On: on{"x --> y: z": {To: "end"}, "<é>": {To: "end"}}},
		"end":        {Enter: do{`say "{x}"`}, Final: true},
	})
	got := picture(t, m)
	for _, want := range []string{
		`"a\"b\\ ;c" -> "end" [label="<é>\nx --> y: z"]`,
		`"end" [label="end\nenter / say \"{x}\"" peripheries=2]`,
		`state "a#34;b#92;#10;#59;c" as s1`,
		`s1 --> s2: #60;é#62;<br/>x --#62; y#58; z`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %s in\n%s", want, got)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestPicturesTellErrorsOfTheWriter(t *testing.T) {
	for name, draw := range map[string]func(io.Writer) error{"DOT": lamp(t).DOT, "Mermaid": lamp(t).Mermaid} {
		if err := draw(fullDisk{}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
