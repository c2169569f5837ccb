package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var static embed.FS

//go:embed templates
var templates embed.FS

// A file is served from memory, under an address that changes with its content.
type file struct {
	content []byte
	kind    string
	version string
}

// kinds are the types of files that are served, by their endings.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// readStatic collects files by name, whatever directory they lie in. Of two with one name the later counts.
func readStatic(from []fs.FS) (map[string]file, error) {
	files := map[string]file{}
	for _, tree := range from {
		err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
			kind, ok := kinds[path.Ext(name)]
			if err != nil || d.IsDir() || !ok {
				return err
			}
			content, err := fs.ReadFile(tree, name)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(content)
			files[path.Base(name)] = file{content, kind, hex.EncodeToString(sum[:6])}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("page: reading static files: %w", err)
		}
	}
	return files, nil
}

// file is the address of a static file.
func (s *Site) file(name string) (string, error) {
	f, ok := s.files[name]
	if !ok {
		return "", fmt.Errorf("there is no static file %q", name)
	}
	return s.At("/static/" + name + "?v=" + f.version), nil
}

// ServeStatic answers GET /static/NAME. With the right version in the address a browser may keep the file for ever.
func (s *Site) ServeStatic(w http.ResponseWriter, r *http.Request) {
	f, ok := s.files[strings.TrimPrefix(r.URL.Path, "/static/")]
	Protect(w.Header())
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	if r.URL.Query().Get("v") == f.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	_, _ = w.Write(f.content) // the reader has gone: nobody to tell
}
