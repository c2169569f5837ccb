package lti_test

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"otrbot/lti"
)

const (
	key       = "spike-key"
	secret    = "php-secret & more/é%"
	base      = "https://tool.example"
	launchURL = base + "/lti/launch"
)

type oneConsumer struct{}

func (oneConsumer) Consumer(_ context.Context, k string) (lti.Consumer, error) {
	if k != key {
		return lti.Consumer{}, lti.ErrUnknown
	}
	return lti.Consumer{Key: key, Secrets: []lti.Secret{secret}}, nil
}

func newTool(t *testing.T, h *http.Client) *lti.Tool {
	t.Helper()
	tool, err := lti.New(lti.Config{Base: base, Consumers: oneConsumer{}, Nonces: lti.NewMemory(nil), HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	return tool
}

func launch(t *testing.T, tool *lti.Tool, address, body string) (*lti.Launch, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return tool.Launch(r)
}

const odd = "é & ~ * ' ( ) ! %2B + \" <\u00a0\U0001F600>=;/?:@,$"

func fields() url.Values {
	return url.Values{
		"lti_message_type": {"basic-lti-launch-request"}, "lti_version": {"LTI-1p0"}, "resource_link_id": {"link 1"}, "user_id": {"u-1"},
		"roles": {"Instructor,urn:lti:instrole:ims/lis/Staff"}, "custom_empty": {""}, "custom_odd": {odd}, "custom_é": {"x"},
		"lis_person_name_full": {"Zoë O'Neill"}, "custom_twice": {"b", "a"}, "custom_twice2": {"1"},
	}
}

func TestPythonSigns(t *testing.T) {
	p, tool := python(t), newTool(t, nil)
	for _, method := range []string{"HMAC-SHA1", "HMAC-SHA256"} {
		for _, address := range []string{launchURL, launchURL + "?a=1&b=x%20y&a=0", base + "/lti/%C3%A9%2F%7e/launch", base + ":443/lti/launch"} {
			signed := p.ask(question{Op: "sign", Key: key, Secret: secret, Method: method, URL: address, Body: fields().Encode()})
			l, err := launch(t, tool, address, signed.Body)
			if err != nil || l.Custom["odd"] != odd {
				t.Errorf("%s, %s: %v", method, address, err)
			}
			if _, err := launch(t, tool, address, signed.Body+"&x=1"); err == nil {
				t.Errorf("%s, %s: accepted with one more field", method, address)
			}
		}
	}
}

// The base string of random requests, ours and oauthlib's.
func TestBaseStringsAgree(t *testing.T) {
	p := python(t)
	dice := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("aAzZ09-._~ +%&=*'()!,;:/?@$\"<>\\é\u00a0ß漢\U0001F600\r\n\t")
	text := func(most int) string {
		var b strings.Builder
		for range dice.IntN(most + 1) {
			b.WriteRune(alphabet[dice.IntN(len(alphabet))])
		}
		return b.String()
	}
	hosts := []string{"https://tool.example", "http://Tool.Example:80", "https://tool.example:443", "https://tool.example:8443", "http://127.0.0.1:8090"}
	for range 2000 {
		address := hosts[dice.IntN(len(hosts))] + "/" + strings.ReplaceAll(url.PathEscape(text(6)), "%2F", "/")
		var params []lti.Param
		var pairs [][2]string
		for range dice.IntN(8) {
			name, value := "a"+text(4), text(12)
			params, pairs = append(params, lti.Param{Name: name, Value: value}), append(pairs, [2]string{name, value})
		}
		if dice.IntN(2) == 0 {
			address += "?" + url.Values{"q" + text(3): {text(5), text(5)}}.Encode()
		}
		if pairs == nil {
			pairs = [][2]string{{"x", ""}}
			params = []lti.Param{{Name: "x"}}
		}
		ours, err := lti.BaseString("POST", address, params)
		theirs := p.ask(question{Op: "base", URL: address, Params: pairs})
		if err != nil || ours != theirs.Base {
			t.Fatalf("%s %q: %v\n  ours %s\ntheirs %s", address, pairs, err, ours, theirs.Base)
		}
	}
}

func TestRubySigns(t *testing.T) {
	r, tool := ruby(t), newTool(t, nil)
	ascii := fields()
	ascii.Del("custom_é") // ruby-oauth sorts names before it encodes them, against RFC 5849, section 3.4.1.3.2
	signed := r.ask(question{Op: "sign", Key: key, Secret: secret, Method: "HMAC-SHA1", URL: launchURL, Params: ascii})
	if l, err := launch(t, tool, launchURL, signed.Body); err != nil || l.Custom["odd"] != odd || !l.Roles.Staff() {
		t.Error(l, err)
	}
	// As Canvas does: the query goes into the form, the bare address is signed, the form goes to the address with its query.
	f := ascii
	f.Set("lesson", "otr basic")
	signed = r.ask(question{Op: "sign", Key: key, Secret: secret, Method: "HMAC-SHA1", URL: launchURL, Params: f})
	if _, err := launch(t, tool, launchURL+"?lesson=otr%20basic", signed.Body); err != nil {
		t.Error(err)
	}
	if _, err := launch(t, tool, launchURL+"?lesson=otr%20basic&roles=Administrator", signed.Body); err == nil {
		t.Error("a query that nobody signed was accepted")
	}
}

// captured is what our outcome request looks like on the wire.
type captured struct {
	header http.Header
	url    string
	body   string
}

func (c *captured) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	c.header, c.url, c.body = r.Header, r.URL.String(), string(b)
	return &http.Response{StatusCode: 503, Body: http.NoBody, Header: http.Header{}, Request: r}, err
}

func TestOutcomesVerify(t *testing.T) {
	p, r := python(t), ruby(t)
	for _, c := range []struct {
		who    *foreign
		method lti.Method
		url    string
	}{
		{p, lti.HMACSHA1, "https://lms.example/outcomes"},
		{p, lti.HMACSHA1, "https://lms.example/outcomes?site=1&x=a%20b"},
		{p, lti.HMACSHA256, "https://lms.example/%C3%A9?alg=HMAC-SHA256"},
		{r, lti.HMACSHA1, "https://lms.example/outcomes"},
		{r, lti.HMACSHA1, "https://lms.example/outcomes?site=1&x=a%20b"},
	} {
		wire := &captured{}
		tool := newTool(t, &http.Client{Transport: wire})
		consumer := lti.Consumer{Key: key, Secrets: []lti.Secret{secret}}
		o := lti.Outcome{ServiceURL: c.url, SourcedID: `{"x":"<&>é"}`, Method: c.method}
		if err := tool.ReplaceResult(t.Context(), consumer, o, 0.75); err == nil {
			t.Fatal("a 503 is success")
		}
		q := question{
			Op: "verify", Key: key, Secret: secret, URL: wire.url, Body: wire.body, Type: wire.header.Get("Content-Type"), Authorization: wire.header.Get("Authorization"),
		}
		if !c.who.ask(q).Valid {
			t.Errorf("%s %s: not valid", c.method, c.url)
		}
		changed := q
		changed.Body = strings.Replace(q.Body, "0.75", "0.95", 1)
		if c.who.ask(changed).Valid {
			t.Errorf("%s %s: another score is valid as well", c.method, c.url)
		}
		changed = q
		changed.Secret = "wrong"
		if c.who.ask(changed).Valid {
			t.Errorf("%s %s: another secret is valid as well", c.method, c.url)
		}
	}
}
