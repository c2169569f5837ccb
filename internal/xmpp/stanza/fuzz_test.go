package stanza

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// seeds are a stanza of each kind, and what must not hurt.
func seeds() []string {
	return []string{
		"<message from='a@b/\u1113' to='d' type='chat' xml:lang='de'><body>hi</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>",
		"<presence><show>away</show><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/></presence>",
		"<iq type='get' id='1'><query xmlns='jabber:iq:roster'><item jid='a@b' name='x'><group>g</group></item></query></iq>",
		"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
		"<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>",
		"<r xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='1'/> \n",
		strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40),
		"<a b='" + strings.Repeat("x", 2000) + "'/>",
		"<a>" + strings.Repeat("<b/>", 300) + "</a><c/>",
		"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a><?php x?></a>", "<a><!-- c --></a>", "<a><![CDATA[<b>]]]]>]]</a>",
		"<p:a xmlns:p='u' p:b='1'><p:c xmlns=''/></p:a>", "<a>&#xD;&#x1F600;&amp;&bad;</a>", "<a\r\n b\t=\n'\t'>\r</a >", "<a", "<a b='", "<a></b>",
		"<xml:a xml:b='1'><c/></xml:a>",
	}
}

var small = Limits{Bytes: 1000, Depth: 10, Children: 100, Attrs: 10, Past: 2000}

// What Parse accepts is within the limits, and the same after it has been written and read again.
func FuzzParse(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := Parse(raw, small)
		if err != nil {
			return
		}
		if len(raw) > small.Bytes || depth(e) > small.Depth {
			t.Fatalf("over the limits: %q", raw)
		}
		again, err := e.Append(nil, "")
		if err != nil {
			t.Fatalf("%q as %+v: %v", raw, e, err)
		}
		e2, err := Parse(again, Limits{Bytes: 1 << 20, Attrs: 1000})
		if err != nil || !reflect.DeepEqual(e, e2) {
			t.Fatalf("%q\nwritten as\n%q\n%v", raw, again, err)
		}
	})
}

func depth(e *Element) int {
	deepest := 0
	for c := range e.Children() {
		deepest = max(deepest, depth(c))
	}
	return deepest + 1
}

// How the bytes arrive makes no difference, and a stream ends.
func FuzzReader(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(open + s + "<presence/></stream:stream>"))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		raw = raw[:min(len(raw), 10_000)]
		whole, wholeErr := all(bytes.NewReader(raw))
		slow, slowErr := all(iotest.OneByteReader(bytes.NewReader(raw)))
		if !reflect.DeepEqual(whole, slow) || wholeErr.Error() != slowErr.Error() {
			t.Fatalf("%q\n%v and %v", raw, wholeErr, slowErr)
		}
	})
}

// all reads a stream to its end: elements and errors in between.
func all(in io.Reader) (got []any, err error) {
	r := NewReader(in, small)
	for {
		e, err := r.Next()
		var large *TooLarge
		switch {
		case errors.As(err, &large):
			got = append(got, *large)
		case err != nil:
			return got, err
		default:
			got = append(got, e)
		}
	}
}

// The writer writes what an element holds, or refuses it: nothing breaks out of a text or a value.
func FuzzAppend(f *testing.F) {
	f.Add("urn:x", "a", "b", "c", "d")
	f.Add("", "a", "xmlns", "'/><b", "</a>")
	f.Add(NSXML, "a", "b", "c", "d")
	f.Add("a'b", "a:b", "\r", "\r\n\t", "]]>\u1113\x00")
	f.Fuzz(func(t *testing.T, space, local, name, value, text string) {
		e := New(space, local, name, value).Add(New("urn:y", "y").AddText(text))
		raw, err := e.Append(nil, NSClient)
		if err != nil {
			return
		}
		stream := "<stream:stream xmlns='jabber:client' xmlns:stream='" + NSStream + "'>" + string(raw) + "</stream:stream>"
		r := NewReader(strings.NewReader(stream), Limits{Bytes: 1 << 20})
		got, err := r.Next()
		if err != nil || got.Local != local || got.Space != space || got.Attr(name) != value && name != "" || got.Child("urn:y", "y").Text() != text {
			if space == "http://www.w3.org/2000/xmlns/" {
				return // no element is in that one, and none that was read
			}
			t.Fatalf("%q: %+v, %v", raw, got, err)
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Fatalf("%q: %v", raw, err)
		}
	})
}

func FuzzJID(f *testing.F) {
	for _, s := range []string{"", "a@b/c@d/e", "b/x", "a@b/", "@/", "a@b@c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		local, domain, resource := SplitJID(s)
		joined := domain
		if strings.Contains(Bare(s), "@") {
			joined = local + "@" + joined
		}
		if strings.Contains(s, "/") {
			joined += "/" + resource
		}
		if joined != s || strings.Contains(domain, "/") || strings.Contains(local, "@") {
			t.Errorf("%q: %q %q %q", s, local, domain, resource)
		}
	})
}

func BenchmarkReadAndWrite(b *testing.B) {
	body := "?OTR:" + strings.Repeat("QUFB", 150) + "."
	one := "<message to='bot@bot.example/x' from='alice@example.org/Home' id='abc' type='chat'><body>" + body +
		"</body><encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:otr:0'/><no-store xmlns='urn:xmpp:hints'/></message>"
	r := NewReader(&endless{begin: open, again: strings.Repeat(one, 20)}, Limits{})
	r.SetLimits(func(string) Limits { return Limits{} })
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		e, err := r.Next()
		if err != nil {
			b.Fatal(err)
		}
		if out, err = e.Append(out[:0], NSClient); err != nil {
			b.Fatal(err)
		}
	}
}
