package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// archive reads a tar file: contents by name, and headers.
func archive(t *testing.T, r io.Reader) (map[string][]byte, map[string]*tar.Header) {
	t.Helper()
	bodies, headers := map[string][]byte{}, map[string]*tar.Header{}
	for files := tar.NewReader(r); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return bodies, headers
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		bodies[h.Name], headers[h.Name] = b, h
	}
}

// From index to manifest, configuration and layer: each names the next by its checksum.
func TestImage(t *testing.T) {
	p := sample(t)
	name := filepath.Join(t.TempDir(), "image")
	if err := writeImage(p, name); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(b)%512 != 0 || !bytes.HasSuffix(b, make([]byte, 1024)) {
		t.Error("the archive has no end")
	}
	blobs, _ := archive(t, bytes.NewReader(b))
	var top index
	var m manifest
	var c imageConfig
	read(t, blobs["index.json"], &top)
	read(t, blob(t, blobs, top.Manifests[0]), &m)
	read(t, blob(t, blobs, m.Config), &c)
	if c.Architecture != "arm64" || c.OS != "linux" || c.Config.User != "65532:65532" || c.Config.Entrypoint[0] != "/usr/bin/otrbot" || c.Created != "2026-01-02T03:04:05Z" {
		t.Errorf("the configuration is %+v", c)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(blob(t, blobs, m.Layers[0])))
	if err != nil {
		t.Fatal(err)
	}
	layer, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	if digest(layer) != c.RootFS.DiffIDs[0] {
		t.Error("the layer is not the one that the configuration names")
	}
	bodies, headers := archive(t, bytes.NewReader(layer))
	if string(bodies["usr/bin/otrbot"]) != "the program" || headers["usr/bin/otrbot"].Mode != 0o755 {
		t.Error("the program is not in it")
	}
	if h := headers["var/lib/otrbot/"]; h.Uid != imageUser || h.Mode != 0o700 {
		t.Errorf("the bot's directory is of user %d, mode %o", h.Uid, h.Mode)
	}
	for name, h := range headers {
		if h.ModTime != p.time.Local() {
			t.Errorf("%s is of %v", name, h.ModTime)
		}
		if name != "var/lib/otrbot/" && (h.Uid != 0 || name != "tmp/" && h.Mode&0o022 != 0) {
			t.Errorf("others than root may change %s", name)
		}
	}
}

func blob(t *testing.T, blobs map[string][]byte, d descriptor) []byte {
	t.Helper()
	b := blobs["blobs/sha256/"+d.Digest[len("sha256:"):]]
	if digest(b) != d.Digest || len(b) != d.Size {
		t.Fatalf("blob %s has %d bytes, checksum %s", d.Digest, len(b), digest(b))
	}
	return b
}

func read[T any](t *testing.T, b []byte, into *T) {
	t.Helper()
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

func TestBill(t *testing.T) {
	name := filepath.Join(t.TempDir(), "bill")
	if err := writeBill(sample(t), name); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var got bill
	read(t, b, &got)
	if c := got.Metadata.Component; c.PURL != "pkg:golang/otrbot@v1.2.3" || c.Hashes[0].Content != "50fda23bf0a5115d4f893dc10d122c10a4705f47688f5620e80611c092d4053e" {
		t.Errorf("the program is %+v", c)
	}
	if got.Metadata.Time != "2026-01-02T03:04:05Z" || len(got.Components) != 2 {
		t.Errorf("%s with %+v", got.Metadata.Time, got.Components)
	}
	if c := got.Components[0]; c.PURL != "pkg:golang/std@1.26.8" || c.Licences[0].Licence.ID != "BSD-3-Clause" || c.Properties != nil {
		t.Errorf("Go's library is %+v", c)
	}
	if c := got.Components[1]; c.Licences != nil || len(c.Properties) != 2 || c.Properties[0].Value != "h1:abc=" || c.Properties[1].Name != "otrbot:licence" {
		t.Errorf("the other module is %+v", c)
	}
}
