package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mellium.im/xmpp/jid"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/secret"
)

const (
	verdictTime  = 3 * time.Second // that a form waits for the bot's answer
	longestEntry = 1000            // bytes of a secret, code or fingerprint
)

// form reads the one field of a form; ok is false when an answer was given.
func (s *Server) field(w http.ResponseWriter, r *http.Request, name string) (string, bool) {
	if err := r.ParseForm(); err != nil {
		s.fail(w, r, badForm, err)
		return "", false
	}
	return strings.TrimSpace(r.PostForm.Get(name)), true
}

// back leads to the page after a form: a reload does not post again.
func (s *Server) back(w http.ResponseWriter, r *http.Request, who *visitor, query string) {
	http.Redirect(w, r, s.site.At(who.path(query)), http.StatusSeeOther)
}

// backToPage is for those who reload, or come back to, the answer to a form.
func (s *Server) backToPage(w http.ResponseWriter, r *http.Request, who *visitor) {
	s.back(w, r, who, "")
}

// again shows the step with what was typed and what is wrong with it.
func (s *Server) again(w http.ResponseWriter, r *http.Request, who *visitor, at step, typed field) {
	q := r.URL.Query()
	q.Set("step", string(at))
	if at == stepChat {
		q.Set("step", wishFingerprint) // the only form there
	}
	f, err := s.flow(r.Context(), who, q)
	if err != nil {
		s.fail(w, r, storeFailed, err)
		return
	}
	f.put(at)
	f.Field = typed
	v := s.view(who)
	v.Status = http.StatusUnprocessableEntity
	s.show(w, r, v, f)
}

func wrong(typed string, errs ...gettext.Msg) field { return field{Value: typed, Errors: errs} }

// postAddress takes the learner's Jabber address: the bot invites it.
func (s *Server) postAddress(w http.ResponseWriter, r *http.Request, who *visitor) {
	typed, ok := s.field(w, r, "address")
	if !ok {
		return
	}
	address, fault := s.readAddress(typed)
	if fault != "" {
		s.again(w, r, who, stepAddress, wrong(typed, fault))
		return
	}
	err := s.c.Store.ClaimAddress(r.Context(), who.enrolment.ID, address, s.c.Now())
	switch {
	case errors.Is(err, course.ErrTaken):
		s.again(w, r, who, stepAddress, wrong(typed, "Somebody else takes part with this address at this moment. Check how it is written. If it is yours all the same: it is free an hour after the other one's last step, so try again then. Or use another address."))
	case errors.Is(err, course.ErrTooMany):
		s.again(w, r, who, stepAddress, wrong(typed, tooOften))
	case err != nil:
		s.fail(w, r, storeFailed, err)
	default:
		s.back(w, r, who, "")
	}
}

const tooOften gettext.Msg = "That were many tries in a short time. Wait a while, then try again."

// readAddress is the bare form of an address that somebody typed, or what is wrong with it.
func (s *Server) readAddress(typed string) (address string, fault gettext.Msg) {
	text := typed
	if scheme, rest, ok := strings.Cut(text, ":"); ok && strings.EqualFold(scheme, "xmpp") {
		text, _, _ = strings.Cut(rest, "?")
	}
	switch {
	case text == "":
		return "", "Type your Jabber address."
	case strings.ContainsAny(text, " \t,;<>"):
		return "", "A Jabber address has no spaces, commas or brackets in it. Type one address only."
	case !strings.Contains(text, "@"):
		return "", "The part with @ is missing. A Jabber address looks like an e-mail address: name@server."
	}
	j, err := jid.Parse(text)
	switch {
	case err != nil || j.Localpart() == "" || strings.Contains(j.Domainpart(), "@"):
		return "", "This is not a Jabber address. It looks like an e-mail address: name@server."
	case j.Bare().Equal(s.bot):
		return "", "That is the bot's own address. Type yours."
	}
	return j.Bare().String(), ""
}

// postSecret takes the shared secret. The bot hears of a weak one too: it says so in the chat.
func (s *Server) postSecret(w http.ResponseWriter, r *http.Request, who *visitor) {
	typed, ok := s.field(w, r, "secret")
	if !ok {
		return
	}
	if who.enrolment.JID == "" {
		s.back(w, r, who, "")
		return
	}
	if len(typed) > longestEntry {
		s.again(w, r, who, stepSecret, wrong("", "That is longer than any chat program takes. Choose a shorter one."))
		return
	}
	strength := secret.Check(secret.New(typed), s.ownWords(&who.enrolment)...)
	if typed != "" {
		err := s.c.Store.OfferSecret(r.Context(), who.enrolment.ID, []byte(typed), strength.Safe(), s.c.Now())
		switch {
		case errors.Is(err, course.ErrTooMany):
			s.again(w, r, who, stepSecret, wrong(typed, tooOften))
			return
		case errors.Is(err, course.ErrNone): // the address is with somebody else by now
			s.back(w, r, who, "")
			return
		case err != nil:
			s.fail(w, r, storeFailed, err)
			return
		}
	}
	if strength.Safe() {
		s.back(w, r, who, "?secret="+strconv.Itoa(strength.Score))
		return
	}
	f := wrong(typed, whyWeak(strength)...)
	if better, err := secret.Generate(secret.Readable(), s.c.Rand); err == nil {
		f.Offer = better.Reveal()
	}
	s.again(w, r, who, stepSecret, f)
}

// ownWords are what somebody who knows the learner and the lesson would try first.
func (s *Server) ownWords(e *course.Enrolment) []string {
	words := addressWords(s.bot)
	if j, err := jid.Parse(e.JID); err == nil {
		words = append(words, addressWords(j)...)
	}
	words = append(words, s.c.BotTitle, e.Course, e.Title, e.Name)
	words = append(words, s.c.SecretWords...)
	return append(words, strings.Fields(e.Name)...)
}

// addressWords are an address and its parts: as one word it is guessed at once, however long it is.
func addressWords(j jid.JID) []string {
	return []string{j.Bare().String(), j.Localpart(), j.Domainpart()}
}

// postCode hands a code to the bot, who knows the right one.
func (s *Server) postCode(w http.ResponseWriter, r *http.Request, who *visitor) {
	s.submit(w, r, who, record.NoteCode, "code", stepCode, "Type the code that the bot has told you in the chat.")
}

// postFingerprint hands over what the learner's program shows as the bot's fingerprint.
func (s *Server) postFingerprint(w http.ResponseWriter, r *http.Request, who *visitor) {
	s.submit(w, r, who, record.NoteFingerprint, "fingerprint", stepChat, "Type the fingerprint that your chat program shows for the bot.")
}

// submit waits a moment for the bot's verdict; then the page shows it, or that it is still to come.
func (s *Server) submit(w http.ResponseWriter, r *http.Request, who *visitor, kind record.NoteKind, name string, at step, missing gettext.Msg) {
	typed, ok := s.field(w, r, name)
	if !ok {
		return
	}
	switch {
	case typed == "":
		s.again(w, r, who, at, wrong("", missing))
		return
	case len(typed) > longestEntry:
		s.again(w, r, who, at, wrong("", "That is too long. Copy only what is meant."))
		return
	}
	wake, leave, woken := s.hub.wait(who.enrolment.ID)
	if woken {
		defer leave()
	}
	note, err := s.c.Store.Submit(r.Context(), who.enrolment.ID, kind, typed, s.c.Now())
	switch {
	case errors.Is(err, course.ErrTooMany):
		s.again(w, r, who, at, wrong("", tooOften))
		return
	case errors.Is(err, course.ErrNone): // no address, or with somebody else by now
		s.back(w, r, who, "")
		return
	case err != nil:
		s.fail(w, r, storeFailed, err)
		return
	}
	s.awaitVerdict(r, who.enrolment.ID, note, wake)
	s.back(w, r, who, "?"+name+"="+strconv.FormatInt(note, 10))
}

// awaitVerdict returns when the bot has answered the note, or does not for a while. A nil wake only waits.
func (s *Server) awaitVerdict(r *http.Request, enrolment, note int64, wake <-chan struct{}) {
	patience := time.NewTimer(verdictTime)
	defer patience.Stop()
	for {
		select {
		case <-wake:
			if e, err := s.c.Store.Enrolment(r.Context(), enrolment); err != nil || e.Progress.Answer.Note >= note {
				return
			}
		case <-patience.C:
			return
		case <-r.Context().Done():
			return
		case <-s.hub.closed:
			return
		}
	}
}

// postLanguage keeps the language that somebody chose, for pages and chat.
func (s *Server) postLanguage(w http.ResponseWriter, r *http.Request, who *visitor) {
	locale, ok := s.field(w, r, "locale")
	if !ok {
		return
	}
	if s.site.Offers(locale) {
		if err := s.c.Store.SetLocale(r.Context(), who.enrolment.ID, locale); err != nil {
			s.fail(w, r, storeFailed, err)
			return
		}
	}
	s.back(w, r, who, "")
}

// postInvite has the bot invite somebody once more. What they have set and done stays.
func (s *Server) postInvite(w http.ResponseWriter, r *http.Request, who *visitor) {
	s.claim(w, r, who, func() error {
		return s.c.Store.ClaimAddress(r.Context(), who.enrolment.ID, who.enrolment.JID, s.c.Now())
	})
}

// postAgain begins the lesson anew, for somebody who has passed.
func (s *Server) postAgain(w http.ResponseWriter, r *http.Request, who *visitor) {
	s.claim(w, r, who, func() error { return s.c.Store.ClaimAgain(r.Context(), who.enrolment.ID, s.c.Now()) })
}

// claim lets somebody with an address have it once more.
func (s *Server) claim(w http.ResponseWriter, r *http.Request, who *visitor, how func() error) {
	if who.enrolment.JID == "" {
		s.back(w, r, who, "?step=address")
		return
	}
	switch err := how(); {
	case errors.Is(err, course.ErrTooMany):
		s.refuseAct(w, r, who, tooOften)
	case errors.Is(err, course.ErrTaken), errors.Is(err, course.ErrNone): // the address is with somebody else by now
		s.back(w, r, who, "?step=address")
	case err != nil:
		s.fail(w, r, storeFailed, err)
	default:
		s.back(w, r, who, "")
	}
}

// refuseAct shows the page as it is, and why a button did nothing.
func (s *Server) refuseAct(w http.ResponseWriter, r *http.Request, who *visitor, why gettext.Msg) {
	f, err := s.flow(r.Context(), who, nil)
	if err != nil {
		s.fail(w, r, storeFailed, err)
		return
	}
	f.Notice = why
	v := s.view(who)
	v.Status = http.StatusTooManyRequests
	s.show(w, r, v, f)
}
