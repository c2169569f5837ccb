package stanza

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const open = "<?xml version='1.0'?>\n<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " +
	"from='bot.example' to='alice@bot.example' id='s1' version='1.0' xml:lang='en'>"

// read gives what a stream holds as XML, and the error that ended it. A stanza over a limit is shown as TooLarge.
func read(t *testing.T, stream io.Reader, l Limits) ([]string, error) {
	t.Helper()
	r := NewReader(stream, l)
	if _, err := r.Header(); err != nil {
		return nil, err
	}
	var got []string
	for {
		e, err := r.Next()
		var large *TooLarge
		switch {
		case errors.As(err, &large):
			got = append(got, large.Error())
			continue
		case err != nil:
			return got, err
		}
		xml, err := e.Append(nil, NSClient)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(xml))
	}
}

func TestStream(t *testing.T) {
	stream := open + " <message from='a@b/c' to='d'><body>hi  <![CDATA[<&>]]>\r\n &#x1F600;</body>\n<x xmlns='urn:x' xmlns:p='urn:p' p:q='1'><p:y/></x></message>" +
		"\n<presence/><iq type=\"get\" id='&apos;1'><ping xmlns='urn:xmpp:ping'/></iq></stream:stream>"
	want := []string{
		"<message from='a@b/c' to='d'><body>hi  &lt;&amp;&gt;\n 😀</body>\n<x xmlns='urn:x' xmlns:n0='urn:p' n0:q='1'><y xmlns='urn:p'/></x></message>",
		"<presence/>",
		"<iq type='get' id='&apos;1'><ping xmlns='urn:xmpp:ping'/></iq>",
	}
	for name, in := range map[string]io.Reader{
		"at once": strings.NewReader(stream), "byte by byte": iotest.OneByteReader(strings.NewReader(stream)),
	} {
		got, err := read(t, in, Limits{})
		if !errors.Is(err, io.EOF) || strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s: %v\n%q\nwant\n%q", name, err, got, want)
		}
	}
}
