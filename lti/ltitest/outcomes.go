package ltitest

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Fields11 are the fields of a launch of LTI 1.1 for any user and link, as changes for Launch11. A link without column
// offers no grades.
func (p *Platform) Fields11(u User, l Link) url.Values {
	roles := make([]string, len(u.Roles))
	for i, r := range u.Roles {
		// LTI 1.1 has short names for what somebody is in the course, URNs for the rest, and no try-out users.
		if short, ok := strings.CutPrefix(r, membership); ok {
			r = short
		} else if r == RoleAdmin {
			r = "urn:lti:instrole:ims/lis/Administrator"
		}
		roles[i] = r
	}
	f := url.Values{
		"resource_link_id": {l.ID}, "resource_link_title": {l.Title}, "user_id": {u.ID}, "roles": {strings.Join(roles, ",")},
		"context_id": {"course-1"}, "context_title": {"Course"}, "custom_lesson": nil,
		"lis_person_name_full": nil, "launch_presentation_return_url": nil, "launch_presentation_locale": nil,
		"lis_outcome_service_url": nil, "lis_result_sourcedid": nil,
	}
	for name, text := range map[string]string{
		"lis_person_name_full": u.Name, "lis_person_name_given": u.GivenName, "lis_person_name_family": u.FamilyName,
		"lis_person_contact_email_primary": u.Email,
	} {
		if text != "" {
			f.Set(name, text)
		}
	}
	for name, value := range l.Custom {
		f.Set("custom_"+custom11(name), value)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := p.columnOf(l.ID); n > 0 {
		f.Set("lis_outcome_service_url", p.OutcomeURL())
		f.Set("lis_result_sourcedid", p.sourcedID(cell{n, u.ID}))
	}
	return f
}

// custom11 is a name of a custom parameter: "LTI 1.1", section 3, "Basic launch data", lower-case letters, digits, "_".
func custom11(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(name))
}

type poxRecord struct {
	ID    string  `xml:"sourcedGUID>sourcedId"`
	Score *string `xml:"result>resultScore>textString"`
}

// outcome is Basic Outcomes.
func (p *Platform) outcome(w http.ResponseWriter, r *http.Request, body []byte) {
	var e struct {
		XMLName xml.Name `xml:"http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0 imsx_POXEnvelopeRequest"`
		Body    struct {
			Replace *poxRecord `xml:"replaceResultRequest>resultRecord"`
			Read    *poxRecord `xml:"readResultRequest>resultRecord"`
			Delete  *poxRecord `xml:"deleteResultRequest>resultRecord"`
		} `xml:"imsx_POXBody"`
	}
	say := func(major, description, result string) {
		about(w, func(v *Event) { v.OK, v.Detail = major == "success", major+": "+description })
		w.Header().Set("Content-Type", "application/xml")
		io.WriteString(w, xml.Header+`<imsx_POXEnvelopeResponse xmlns="http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0">`+
			`<imsx_POXHeader><imsx_POXResponseHeaderInfo><imsx_version>V1.0</imsx_version><imsx_statusInfo><imsx_codeMajor>`+major+
			`</imsx_codeMajor><imsx_severity>status</imsx_severity><imsx_description>`+description+`</imsx_description></imsx_statusInfo>`+
			`</imsx_POXResponseHeaderInfo></imsx_POXHeader><imsx_POXBody>`+result+`</imsx_POXBody></imsx_POXEnvelopeResponse>`)
	}
	if err := p.verify11(r.Method, p.OutcomeURL(), r.Header.Get("Authorization"), body); err != nil {
		say("failure", err.Error(), "")
		return
	}
	if xml.Unmarshal(body, &e) != nil {
		say("failure", "XML", "")
		return
	}
	op := e.Body
	for name, rec := range map[string]*poxRecord{"replaceResult": op.Replace, "readResult": op.Read, "deleteResult": op.Delete} {
		if rec == nil {
			continue
		}
		c, known := p.sources[rec.ID]
		about(w, func(v *Event) { v.What = name })
		if p.Users != nil && !known {
			say("failure", "unknown sourcedid", "")
			return
		}
		if known {
			about(w, func(v *Event) { v.User, v.Link = c.user, p.cols()[c.column-1].Link })
		}
	}
	switch {
	case op.Replace != nil && op.Replace.Score != nil:
		score, err := strconv.ParseFloat(*op.Replace.Score, 64)
		if err != nil || !(score >= 0 && score <= 1) {
			say("failure", "score", "")
			return
		}
		p.put11(op.Replace.ID, *op.Replace.Score, score)
		say("success", "replaced", "<replaceResultResponse/>")
	case op.Read != nil:
		say("success", "read", "<readResultResponse><result><resultScore><language>en</language><textString>"+
			p.read11(op.Read.ID)+"</textString></resultScore></result></readResultResponse>")
	case op.Delete != nil:
		p.delete11(op.Delete.ID)
		say("success", "deleted", "<deleteResultResponse/>")
	default:
		say("unsupported", "operation", "")
	}
}
