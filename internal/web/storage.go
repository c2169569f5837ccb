package web

import (
	"net/http"

	"otrbot/gettext"
	"otrbot/internal/web/page"
	"otrbot/lti"
)

// goingOn is the title of the pages of platform storage: see lti.Storage.
const goingOn gettext.Msg = "One moment"

// storagePut is the data of the page that keeps a login's state with the platform.
type storagePut struct {
	lti.Storage
	Redirect string
}

// storageGet is the data of the page that asks the platform for it.
type storageGet struct {
	lti.Storage
	Action, IDToken, NewWindow string
}

// keepAtPlatform answers a login by way of the platform's storage. The platform is registered, but nothing is verified
// yet, nor is it known where its pages are: a site in the cloud has issuer, login and courses at three places. Any may
// show this page in a frame. It has nothing on it that somebody could be tricked into, and it gives what it holds, which
// works once, only to the origin that is registered.
func (s *Server) keepAtPlatform(w http.ResponseWriter, r *http.Request, login *lti.Login) {
	in := s.site.Language(r)
	s.site.Render(w, r, page.View{
		In: in, Template: s.templates, Name: "storage-put", Title: in.Text(goingOn), OwnReferrer: true,
		Frames: []string{"*"},
		Data:   storagePut{*login.Storage, login.Redirect},
	})
}

// askPlatform sends the launch once more, with what the platform kept.
func (s *Server) askPlatform(w http.ResponseWriter, r *http.Request, needed *lti.StorageNeeded, wanted ...string) {
	in := s.site.Language(r, wanted...)
	s.site.Render(w, r, page.View{
		In: in, Template: s.templates, Name: "storage-get", Title: in.Text(goingOn), OwnReferrer: true,
		Frames: []string{"*"},
		Data:   storageGet{needed.Storage, needed.Action, string(needed.IDToken), needed.NewWindow},
	})
}

// storageScript serves the script of both pages.
func (s *Server) storageScript(w http.ResponseWriter, _ *http.Request) {
	page.Protect(w.Header())
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write([]byte(lti.StorageScript()))
}
