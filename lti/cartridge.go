package lti

import (
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Cartridge is the XML that describes the tool for LTI 1.1, a "Common Cartridge Basic LTI Link"; serve it as
// application/xml. Who knows its address needs beside it only a consumer key and secret. launch is the address of the
// launches, below Config.Base and without a query; "" is Config.Launch.
func (t *Tool) Cartridge(p Profile, launch string) ([]byte, error) {
	w := &xmlWriter{}
	w.open(`cartridge_basiclti_link xmlns="http://www.imsglobal.org/xsd/imslticc_v1p0"` +
		` xmlns:blti="http://www.imsglobal.org/xsd/imsbasiclti_v1p0"` +
		` xmlns:lticm="http://www.imsglobal.org/xsd/imslticm_v1p0"` +
		` xmlns:lticp="http://www.imsglobal.org/xsd/imslticp_v1p0"` +
		` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"` +
		` xsi:schemaLocation="http://www.imsglobal.org/xsd/imslticc_v1p0 http://www.imsglobal.org/xsd/lti/ltiv1p0/imslticc_v1p0.xsd` +
		` http://www.imsglobal.org/xsd/imsbasiclti_v1p0 http://www.imsglobal.org/xsd/lti/ltiv1p0/imsbasiclti_v1p0p1.xsd` +
		` http://www.imsglobal.org/xsd/imslticm_v1p0 http://www.imsglobal.org/xsd/lti/ltiv1p0/imslticm_v1p0.xsd` +
		` http://www.imsglobal.org/xsd/imslticp_v1p0 http://www.imsglobal.org/xsd/lti/ltiv1p0/imslticp_v1p0.xsd"`)
	w.text("blti:title", p.Name)
	w.text("blti:description", p.Description)
	if len(p.Custom) > 0 {
		w.open("blti:custom")
		w.properties(p.Custom)
		w.close("blti:custom")
	}
	w.open(`blti:extensions platform="canvas.instructure.com"`)
	w.properties(map[string]string{"privacy_level": p.privacyLevel(), "domain": t.domain(), "tool_id": t.domain()})
	w.close("blti:extensions")
	launch = orElse(launch, t.c.Launch)
	w.address("launch_url", launch)
	w.address("icon", p.IconURL)
	w.open("blti:vendor")
	w.text("lticp:code", t.base.Hostname())
	w.text("lticp:name", p.Name)
	w.text("lticp:url", p.HomeURL)
	w.close("blti:vendor")
	w.close("cartridge_basiclti_link")
	return []byte(w.b.String()), w.err
}

// An xmlWriter remembers the first text that XML cannot carry.
type xmlWriter struct {
	b   strings.Builder
	err error
}

func (w *xmlWriter) open(tag string) {
	if w.b.Len() == 0 {
		w.b.WriteString(xml.Header)
	}
	w.b.WriteString("<" + tag + ">\n")
}

func (w *xmlWriter) close(name string) { w.b.WriteString("</" + name + ">\n") }

func (w *xmlWriter) escaped(s string) string {
	text, err := xmlText(s)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("lti: the cartridge: %w", err)
	}
	return text
}

func (w *xmlWriter) text(name, s string) {
	if s != "" {
		w.b.WriteString("<" + name + ">" + w.escaped(s) + "</" + name + ">\n")
	}
}

// address writes both forms of an element: some platforms read the one, some the other.
func (w *xmlWriter) address(name, s string) {
	w.text("blti:"+name, s)
	if strings.HasPrefix(s, "https:") {
		w.text("blti:secure_"+name, s)
	}
}

func (w *xmlWriter) properties(of map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		w.b.WriteString(`<lticm:property name="` + w.escaped(name) + `">` + w.escaped(of[name]) + "</lticm:property>\n")
	}
}
