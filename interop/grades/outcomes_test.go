package grades_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"otrbot/lti"
)

// outcome is Basic Outcomes, with or without reading.
func (p *platform) outcome(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // cut by a killed tool
	}
	if why := p.signed(r, body); why != "" {
		p.never("%s", why)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var e struct {
		Replace *struct {
			ID    string  `xml:"resultRecord>sourcedGUID>sourcedId"`
			Score float64 `xml:"resultRecord>result>resultScore>textString"`
		} `xml:"imsx_POXBody>replaceResultRequest"`
		Read *struct {
			ID string `xml:"resultRecord>sourcedGUID>sourcedId"`
		} `xml:"imsx_POXBody>readResultRequest"`
	}
	err = xml.Unmarshal(body, &e)
	switch {
	case err == nil && e.Replace != nil && e.Replace.Score > 0 && e.Replace.Score <= 1 && e.Replace.ID == sourcedID(userOf(e.Replace.ID)):
		user := userOf(e.Replace.ID)
		p.book[user] = append(p.book[user], effect{score: e.Replace.Score, done: true})
		answerPOX(w, "success", "")
	case err == nil && e.Read != nil && p.readable:
		text := ""
		if last, there := p.last(userOf(e.Read.ID)); there {
			text = strconv.FormatFloat(last.score, 'f', 5, 64)
		}
		answerPOX(w, "success", text)
	case err == nil && e.Read != nil:
		answerPOX(w, "failure", "") // as Open edX
	default:
		p.never("sent %s: %v", body, err)
		answerPOX(w, "failure", "")
	}
}

func answerPOX(w http.ResponseWriter, major, score string) {
	fmt.Fprintf(w, `<?xml version="1.0"?><imsx_POXEnvelopeResponse xmlns="http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0">`+
		`<imsx_POXHeader><imsx_POXResponseHeaderInfo><imsx_version>V1.0</imsx_version><imsx_statusInfo><imsx_codeMajor>%s</imsx_codeMajor>`+
		`</imsx_statusInfo></imsx_POXResponseHeaderInfo></imsx_POXHeader><imsx_POXBody><readResultResponse><result><resultScore>`+
		`<language>en</language><textString>%s</textString></resultScore></result></readResultResponse></imsx_POXBody></imsx_POXEnvelopeResponse>`, major, score)
}

// signed checks OAuth 1.0a with a body hash; "" is good. Canvas takes a nonce once.
func (p *platform) signed(r *http.Request, body []byte) string {
	header, ok := strings.CutPrefix(r.Header.Get("Authorization"), "OAuth ")
	if !ok {
		return "no OAuth"
	}
	var params []lti.Param
	got := map[string]string{}
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		value, err := url.PathUnescape(strings.Trim(value, `"`))
		if err != nil {
			return "the header's encoding"
		}
		got[name] = value
		params = append(params, lti.Param{Name: name, Value: value})
	}
	hash := sha1.Sum(body)
	base, err := lti.BaseString(r.Method, p.server.URL+r.URL.RequestURI(), params)
	mac := hmac.New(sha1.New, []byte(strings.ReplaceAll(url.QueryEscape(string(secret)), "+", "%20")+"&"))
	io.WriteString(mac, base)
	at, _ := strconv.ParseInt(got["oauth_timestamp"], 10, 64)
	switch skew := p.now().Unix() - at; {
	case err != nil || got["oauth_signature"] != base64.StdEncoding.EncodeToString(mac.Sum(nil)):
		return "the signature is wrong"
	case got["oauth_body_hash"] != base64.StdEncoding.EncodeToString(hash[:]):
		return "the body's hash is wrong"
	case got["oauth_consumer_key"] != "key-"+p.name:
		return "another key"
	case got["oauth_nonce"] == "" || p.used[got["oauth_nonce"]]:
		return "a nonce that was used before"
	case skew > 300 || skew < -300: // Moodle
		return "another time"
	}
	p.used[got["oauth_nonce"]] = true
	return ""
}
