package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// The user in the image. A number, for runtimes that check that it is not root's.
const imageUser = 65532

// The types of OCI's Image Format Specification 1.0 that the image consists of.
const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

type descriptor struct {
	Type        string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Platform    *platform         `json:"platform,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

type index struct {
	Schema    int          `json:"schemaVersion"`
	Type      string       `json:"mediaType"`
	Manifests []descriptor `json:"manifests"`
}

type manifest struct {
	Schema      int               `json:"schemaVersion"`
	Type        string            `json:"mediaType"`
	Config      descriptor        `json:"config"`
	Layers      []descriptor      `json:"layers"`
	Annotations map[string]string `json:"annotations"`
}

type imageConfig struct {
	platform
	Created string    `json:"created"`
	Config  runConfig `json:"config"`
	RootFS  rootFS    `json:"rootfs"`
	History []history `json:"history"`
}

type runConfig struct {
	User       string              `json:"User"`
	Env        []string            `json:"Env"`
	Entrypoint []string            `json:"Entrypoint"`
	Command    []string            `json:"Cmd"`
	Volumes    map[string]struct{} `json:"Volumes"`
	Folder     string              `json:"WorkingDir"`
	Labels     map[string]string   `json:"Labels"`
	StopSignal string              `json:"StopSignal"`
}

type rootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

type history struct {
	Created string `json:"created"`
	By      string `json:"created_by"`
}

// writeImage makes an image of one layer, as a layout in a tar archive: the program, the certificates that browsers trust,
// one user. There is no shell, and no time zones: the program writes times with their offset, which is UTC's there.
func writeImage(p *program, name string) error {
	layer, err := imageLayer(p)
	if err != nil {
		return err
	}
	made := p.time.Format(time.RFC3339)
	notes := map[string]string{
		"org.opencontainers.image.title": "otrbot", "org.opencontainers.image.version": p.version,
		"org.opencontainers.image.revision": p.commit, "org.opencontainers.image.created": made,
		"org.opencontainers.image.licenses": "Apache-2.0",
	}
	var l layout
	packedLayer := l.blob(typeLayer, squeeze(layer, gzip.DefaultCompression))
	config := l.object(typeConfig, imageConfig{
		platform: platform{p.arch, "linux"}, Created: made,
		Config: runConfig{
			User: fmt.Sprintf("%d:%d", imageUser, imageUser), Env: []string{"PATH=/usr/bin", "HOME=/var/lib/otrbot"},
			Entrypoint: []string{"/usr/bin/otrbot"}, Command: []string{"run"}, Volumes: map[string]struct{}{"/var/lib/otrbot": {}},
			Folder: "/var/lib/otrbot", Labels: notes, StopSignal: "SIGTERM",
		},
		RootFS:  rootFS{"layers", []string{digest(layer)}},
		History: []history{{made, "otrbot " + p.version}},
	})
	image := l.object(typeManifest, manifest{2, typeManifest, config, []descriptor{packedLayer}, notes})
	image.Annotations = map[string]string{"org.opencontainers.image.ref.name": "otrbot"}
	image.Platform = &platform{p.arch, "linux"}
	top := l.marshal(index{2, typeIndex, []descriptor{image}})
	l.files = append(l.files, packed{"index.json", 0o644, top, false}, packed{"oci-layout", 0o644, []byte(`{"imageLayoutVersion":"1.0.0"}`), false})
	if l.err != nil {
		return l.err
	}
	archive, err := writeTar(l.files, p.time)
	if err != nil {
		return err
	}
	return os.WriteFile(name, archive, 0o644)
}

// A layout gathers the blobs of an image.
type layout struct {
	files []packed
	err   error
}

func (l *layout) blob(kind string, b []byte) descriptor {
	d := descriptor{Type: kind, Digest: digest(b), Size: len(b)}
	l.files = append(l.files, packed{"blobs/sha256/" + d.Digest[len("sha256:"):], 0o644, b, false})
	return d
}

func (l *layout) object(kind string, of any) descriptor { return l.blob(kind, l.marshal(of)) }

func (l *layout) marshal(of any) []byte {
	b, err := json.Marshal(of)
	if err != nil {
		l.err = err
	}
	return b
}

func digest(b []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(b)) }

// imageLayer is the file system of the image. The bot's directory is the only one that its user may write to.
func imageLayer(p *program) ([]byte, error) {
	code, err := os.ReadFile(p.path)
	if err != nil {
		return nil, err
	}
	passwd := fmt.Sprintf("root:x:0:0:root:/:/\notrbot:x:%d:%d:OTR tutor on XMPP:/var/lib/otrbot:/\n", imageUser, imageUser)
	return writeTar([]packed{
		{"etc/", 0o755, nil, false}, {"etc/passwd", 0o644, []byte(passwd), false},
		{"etc/group", 0o644, fmt.Appendf(nil, "root:x:0:\notrbot:x:%d:\n", imageUser), false},
		{"etc/otrbot/", 0o755, nil, false},
		{"etc/ssl/", 0o755, nil, false}, {"etc/ssl/certs/", 0o755, nil, false}, {"etc/ssl/certs/ca-certificates.crt", 0o644, roots(), false},
		{"tmp/", 0o777 | os.ModeSticky, nil, false},
		{"usr/", 0o755, nil, false}, {"usr/bin/", 0o755, nil, false}, {"usr/bin/otrbot", 0o755, code, false},
		{"var/", 0o755, nil, false}, {"var/lib/", 0o755, nil, false}, {stateDir, 0o700, nil, false},
	}, p.time)
}

const stateDir = "var/lib/otrbot/"

// roots are the authorities that Mozilla trusts without a condition; a condition cannot be written into a file of
// certificates.
func roots() []byte {
	var out bytes.Buffer
	for r := range bundle.Roots() {
		if r.Constraint == nil {
			out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.Certificate}))
		}
	}
	return out.Bytes()
}

// writeTar makes an archive of files, and of directories, whose names end in a slash.
func writeTar(list []packed, when time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range list {
		h := &tar.Header{Name: f.path, Mode: int64(f.mode.Perm()), Size: int64(len(f.body)), ModTime: when, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}
		if f.path[len(f.path)-1] == '/' {
			h.Typeflag = tar.TypeDir
		}
		if f.mode&os.ModeSticky != 0 {
			h.Mode |= 0o1000
		}
		if f.path == stateDir {
			h.Uid, h.Gid = imageUser, imageUser
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.body); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
