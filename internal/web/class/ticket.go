package class

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"otrbot/lti"
)

// A ticket is a launch for deep linking between the page that asks the teacher and the form that comes back. It travels
// in the form, signed, so that nothing has to be kept and any process can answer. What is in it the teacher's browser
// may know: it goes to the platform the same way.
type ticket struct {
	Platform   int64
	Issuer     string
	Client     string
	Deployment string
	Settings   lti.DeepLinkSettings
	Locale     string
	Expires    time.Time
}

const (
	ticketLife    = 15 * time.Minute
	longestTicket = 128 << 10 // bytes; "data" of the platform is part of it
	ticketPurpose = "otrbot deep linking ticket"
)

var (
	errTicket    = errors.New("class: the ticket is not ours")
	errTicketOld = errors.New("class: the ticket has expired")
)

// seal signs a ticket.
func (t ticket) seal(ctx context.Context, keys lti.Keys) (string, error) {
	ring, err := keys.KeyRing(ctx)
	if err != nil {
		return "", err
	}
	mac, err := ticketMAC(ring.Current)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	return text + "." + mac(text), nil
}

// openTicket checks the signature before it reads anything. The key may have been rotated meanwhile.
func openTicket(ctx context.Context, keys lti.Keys, sealed string, now time.Time) (ticket, error) {
	text, sum, ok := strings.Cut(sealed, ".")
	if !ok || len(sealed) > longestTicket {
		return ticket{}, errTicket
	}
	ring, err := keys.KeyRing(ctx)
	if err != nil {
		return ticket{}, err
	}
	for _, key := range []lti.Key{ring.Current, ring.Previous} {
		if mac, err := ticketMAC(key); err == nil && hmac.Equal([]byte(mac(text)), []byte(sum)) {
			return readTicket(text, now)
		}
	}
	return ticket{}, errTicket
}

func readTicket(text string, now time.Time) (ticket, error) {
	var t ticket
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return ticket{}, errTicket
	}
	if err := json.Unmarshal(body, &t); err != nil {
		return ticket{}, errTicket
	}
	if !now.Before(t.Expires) {
		return t, errTicketOld
	}
	return t, nil
}

// ticketMAC makes a key for this purpose alone from the tool's own: RFC 5869.
func ticketMAC(key lti.Key) (func(string) string, error) {
	if key.ID() == "" {
		return nil, errTicket
	}
	pem, err := key.PEM()
	if err != nil {
		return nil, err
	}
	secret, err := hkdf.Key(sha256.New, []byte(pem), nil, ticketPurpose, sha256.Size)
	if err != nil {
		return nil, err
	}
	return func(text string) string {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(text))
		return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
	}, nil
}

// launch is the launch that the ticket stands for, as far as the answer needs it.
func (t ticket) launch() *lti.Launch {
	return &lti.Launch{
		Version: lti.LTI13, Message: lti.DeepLinkingRequest,
		Issuer: t.Issuer, ClientID: t.Client, DeploymentID: t.Deployment, DeepLink: &t.Settings,
	}
}
