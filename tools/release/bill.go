package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// The bill of materials, as far as we fill it in: CycloneDX 1.6, JSON.
type bill struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Serial     string      `json:"serialNumber"`
	Version    int         `json:"version"`
	Metadata   metadata    `json:"metadata"`
	Components []component `json:"components"`
}

type metadata struct {
	Time      string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Licences   []licence  `json:"licenses,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type licence struct {
	Licence struct {
		ID string `json:"id"`
	} `json:"license"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// writeBill says what the program is made of: the modules that the linker took, by the program's own word.
func writeBill(p *program, name string) error {
	code, err := os.ReadFile(p.path)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(code)
	b := bill{Format: "CycloneDX", Spec: "1.6", Serial: "urn:uuid:" + uuid(sum), Version: 1, Metadata: metadata{
		Time: p.time.Format(time.RFC3339),
		Component: component{Type: "application", Ref: "otrbot", Name: "otrbot", Version: p.version, PURL: "pkg:golang/otrbot@" + p.version,
			Hashes: []hash{{"SHA-256", fmt.Sprintf("%x", sum)}}, Licences: licences("Apache-2.0"),
			Properties: []property{{"otrbot:commit", p.commit}, {"otrbot:platform", "linux/" + p.arch}}},
	}}
	for _, m := range p.modules {
		b.Components = append(b.Components, m.component())
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetIndent("", "  ")
	if err := e.Encode(b); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o644)
}

func (m module) component() component {
	purl := "pkg:golang/" + m.path + "@" + m.version
	c := component{Type: "library", Ref: purl, Name: m.path, Version: m.version, PURL: purl, Licences: licences(m.licences...)}
	if m.sum != "" {
		c.Properties = append(c.Properties, property{"otrbot:go.sum", m.sum})
	}
	if len(m.licences) == 0 {
		c.Properties = append(c.Properties, property{"otrbot:licence", "not one that is well known: its text is in the Debian package's copyright file"})
	}
	return c
}

func licences(names ...string) []licence {
	list := make([]licence, len(names))
	for i, name := range names {
		list[i].Licence.ID = name
	}
	return list
}

// uuid makes a name of a checksum, in the form of version 8 of RFC 9562, "custom".
func uuid(sum [32]byte) string {
	b := sum[:16]
	b = bytes.Clone(b)
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
