package lti

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// poxNamespace is that of Basic Outcomes: "LTI 1.1", "Basic Outcomes Service", plain old XML.
const poxNamespace = "http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0"

// poxRequest writes one of the three requests. With a score its language is always "en": a dot, never a comma.
func poxRequest(op, id, sourcedID, score string) ([]byte, error) {
	guid, err := xmlText(sourcedID)
	if err != nil {
		return nil, fmt.Errorf("%w: this sourcedid cannot be sent: %w", ErrUnusable, err)
	}
	result := ""
	if score != "" {
		result = "<result><resultScore><language>en</language><textString>" + score + "</textString></resultScore></result>"
	}
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>` +
		`<imsx_POXEnvelopeRequest xmlns="` + poxNamespace + `"><imsx_POXHeader><imsx_POXRequestHeaderInfo>` +
		"<imsx_version>V1.0</imsx_version><imsx_messageIdentifier>" + id + "</imsx_messageIdentifier>" +
		"</imsx_POXRequestHeaderInfo></imsx_POXHeader><imsx_POXBody><" + op + "Request><resultRecord>" +
		"<sourcedGUID><sourcedId>" + guid + "</sourcedId></sourcedGUID>" + result +
		"</resultRecord></" + op + "Request></imsx_POXBody></imsx_POXEnvelopeRequest>"), nil
}

// xmlText escapes text, and refuses what XML 1.0 cannot carry instead of changing it.
func xmlText(s string) (string, error) {
	for _, r := range s {
		if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return "", fmt.Errorf("XML cannot carry the character %U", r)
		}
	}
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}

// A poxAnswer is what matters in an answer of Basic Outcomes. Identifiers are not compared: platforms leave them out.
type poxAnswer struct {
	Major       string // success, processing, failure, unsupported
	Description string
	Score       string
}

type poxEnvelope struct {
	XMLName xml.Name
	Header  struct {
		Info struct {
			Status struct {
				Major       string `xml:"imsx_codeMajor"`
				Description string `xml:"imsx_description"`
			} `xml:"imsx_statusInfo"`
		} `xml:"imsx_POXResponseHeaderInfo"`
	} `xml:"imsx_POXHeader"`
	Body struct {
		Read struct {
			Score string `xml:"result>resultScore>textString"`
		} `xml:"readResultResponse"`
	} `xml:"imsx_POXBody"`
}

var (
	errRestrictedXML = errors.New("a document type, a processing instruction or something after the end")
	errNotPOX        = errors.New("not an imsx_POXEnvelopeResponse")
)

// parsePOX reads an answer strictly: one element of the right name, no DTD, no entities but XML's own.
func parsePOX(b []byte) (poxAnswer, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if err := plainXML(b); err != nil {
		return poxAnswer{}, err
	}
	var e poxEnvelope
	if err := xml.Unmarshal(b, &e); err != nil {
		return poxAnswer{}, err
	}
	if (e.XMLName != xml.Name{Space: poxNamespace, Local: "imsx_POXEnvelopeResponse"}) {
		return poxAnswer{}, errNotPOX
	}
	return poxAnswer{
		Major:       strings.TrimSpace(e.Header.Info.Status.Major),
		Description: strings.TrimSpace(e.Header.Info.Status.Description),
		Score:       strings.TrimSpace(e.Body.Read.Score),
	}, nil
}

// maxXMLDepth is more than twice what Basic Outcomes needs.
const maxXMLDepth = 20

// plainXML reads the whole document before anything is made of it.
func plainXML(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	depth, roots := 0, 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			if roots != 1 {
				return io.ErrUnexpectedEOF
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch v := token.(type) {
		case xml.StartElement:
			if depth++; depth == 1 {
				roots++
			}
			if depth > maxXMLDepth || roots > 1 {
				return errRestrictedXML
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			return errRestrictedXML
		case xml.ProcInst:
			if v.Target != "xml" {
				return errRestrictedXML
			}
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(v)) > 0 {
				return errRestrictedXML
			}
		}
	}
}

// describe gives the platform's words where they are fit for a log: Open edX repeats our request in them.
func (a poxAnswer) describe(sourcedID string) string {
	if len(a.Description) > 200 || strings.ContainsAny(a.Description, "<>\r\n") || strings.Contains(a.Description, sourcedID) {
		return "the platform's words are left out: they are long or repeat the request"
	}
	return a.Description
}
