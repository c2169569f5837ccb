package web

import (
	"net/http"

	"otrbot/internal/web/page"
	"otrbot/lti"
)

// addresses are what an administrator of a course's site copies from the front page.
type addresses struct {
	Title, Description                        string
	Launch, Login, Keys, Key, Cartridge, JSON string
}

// index says what this is, and what administrators need.
func (s *Server) index(w http.ResponseWriter, r *http.Request) {
	s.site.Render(w, r, page.View{
		In: s.site.Language(r), Template: s.templates, Name: "index", Data: addresses{
			Title: s.c.BotTitle, Description: s.c.BotDescription,
			Launch: s.site.URL("/lti/launch"), Login: s.site.URL("/lti/login"), Keys: s.site.URL("/lti/jwks.json"),
			Key: s.site.URL("/lti/key.pem"), Cartridge: s.site.URL("/lti/config.xml"), JSON: s.site.URL("/lti/canvas.json"),
		},
	})
}

// isUp is for whoever watches: 200 while pages and store work.
func (s *Server) isUp(w http.ResponseWriter, r *http.Request) {
	page.Protect(w.Header())
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if _, _, err := s.c.Store.EnrolmentsChanged(r.Context(), 0); err != nil {
		s.c.Log.Error("the store does not answer", "err", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("the store does not answer\n"))
		return
	}
	_, _ = w.Write([]byte("up\n"))
}

// jwks publishes the tool's public keys.
func (s *Server) jwks(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, "application/json", func() ([]byte, error) {
		keys, err := s.c.Store.KeyRing(r.Context())
		if err != nil {
			return nil, err
		}
		return keys.JWKS()
	})
}

// publicKey is for administrators who have to paste a key.
func (s *Server) publicKey(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, "application/x-pem-file", func() ([]byte, error) {
		keys, err := s.c.Store.KeyRing(r.Context())
		if err != nil {
			return nil, err
		}
		text, err := keys.Current.PublicPEM()
		return []byte(text), err
	})
}

func (s *Server) cartridge(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, "application/xml", func() ([]byte, error) { return s.c.Tool.Cartridge(s.profile(), "") })
}

func (s *Server) canvas(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, "application/json", func() ([]byte, error) { return s.c.Tool.CanvasConfig(s.profile()) })
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, kind string, content func() ([]byte, error)) {
	b, err := content()
	if err != nil {
		s.fail(w, r, storeFailed, err)
		return
	}
	page.Protect(w.Header())
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(b)
}

// profile is how the bot presents itself to platforms.
func (s *Server) profile() lti.Profile {
	return lti.Profile{
		Name: s.c.BotTitle, Description: s.c.BotDescription, HomeURL: s.site.URL("/"),
		Scopes:      []string{lti.ScopeScore, lti.ScopeResultReadonly, lti.ScopeLineItem, lti.ScopeLineItemReadonly, lti.ScopeRoster},
		Claims:      []string{"name", "given_name", "family_name", "locale"},
		DeepLinking: true, DeepLinkLabel: s.c.BotTitle,
	}
}
