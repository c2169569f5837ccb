package xmppd

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"otrbot/internal/xmpp/stanza"
)

// saslFailure is the name of a condition of RFC 6120, 6.5. The client may try again.
type saslFailure string

func (f saslFailure) Error() string { return "xmppd: login failed: " + string(f) }

// authenticate returns the local part of who the client has proved to be.
func (c *conn) authenticate() (string, error) {
	mechanisms := stanza.New(stanza.NSSASL, "mechanisms")
	for _, m := range c.server.config.Mechanisms {
		mechanisms.Add(stanza.New(stanza.NSSASL, "mechanism").AddText(m))
	}
	if err := c.open(bytesBeforeLogin, mechanisms); err != nil {
		return "", err
	}
	for range loginTries {
		name, success, err := c.exchange()
		var failure saslFailure
		switch {
		case err == nil:
			return name, c.send(stanza.New(stanza.NSSASL, "success").AddText(success))
		case !errors.As(err, &failure):
			return "", err
		}
		c.log.Info("login failed", "reason", string(failure))
		if err := c.send(stanza.New(stanza.NSSASL, "failure").Add(stanza.New(stanza.NSSASL, string(failure)))); err != nil {
			return "", err
		}
	}
	return "", streamError("policy-violation")
}

// exchange is one try. Success is what goes along with its good end.
func (c *conn) exchange() (name, success string, err error) {
	e, err := c.reader.Next()
	switch {
	case err != nil:
		return "", "", err
	case e.Space != stanza.NSSASL || e.Local != "auth":
		return "", "", streamError("not-authorized")
	case !slices.Contains(c.server.config.Mechanisms, e.Attr("mechanism")):
		return "", "", saslFailure("invalid-mechanism")
	}
	first := ""
	if e.Text() == "" {
		first, err = c.ask("")
	} else {
		first, err = decodeSASL(e)
	}
	if err != nil {
		return "", "", err
	}
	if mechanism := e.Attr("mechanism"); mechanism != plain {
		return c.scram(mechanism, first)
	}
	name, err = c.server.plain(first)
	return name, "", err
}

// ask sends a challenge and waits for the response.
func (c *conn) ask(challenge string) (string, error) {
	err := c.send(stanza.New(stanza.NSSASL, "challenge").AddText(base64.StdEncoding.EncodeToString([]byte(challenge))))
	if err != nil {
		return "", err
	}
	e, err := c.reader.Next()
	switch {
	case err != nil:
		return "", err
	case e.Space == stanza.NSSASL && e.Local == "abort":
		return "", saslFailure("aborted")
	case e.Space != stanza.NSSASL || e.Local != "response":
		return "", streamError("not-authorized")
	}
	return decodeSASL(e)
}

// decodeSASL reads what a client sent; "=" is nothing (RFC 6120, 6.4.2).
func decodeSASL(e *stanza.Element) (string, error) {
	text := e.Text()
	if text == "=" {
		return "", nil
	}
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return "", saslFailure("incorrect-encoding")
	}
	return string(b), nil
}

// plain is RFC 4616, inside TLS only.
func (s *Server) plain(message string) (string, error) {
	fields := strings.Split(message, "\x00")
	if len(fields) != 3 {
		return "", saslFailure("malformed-request")
	}
	name := strings.ToLower(fields[1])
	if !s.passwordFits(name, fields[2]) {
		return "", saslFailure("not-authorized")
	}
	return name, s.mayBe(name, fields[0])
}

func (c *conn) scram(mechanism, first string) (name, success string, err error) {
	x, authzid, err := clientFirst(scramHashes[mechanism], first)
	if err != nil {
		return "", "", saslFailure("malformed-request")
	}
	name = strings.ToLower(x.user)
	final, err := c.ask(x.serverFirst(c.server.random(16), c.server.keysOf(name, mechanism)))
	if err != nil {
		return "", "", err
	}
	signature, ok, err := x.clientFinal(final)
	switch {
	case err != nil:
		return "", "", saslFailure("malformed-request")
	case !ok:
		return "", "", saslFailure("not-authorized")
	}
	return name, base64.StdEncoding.EncodeToString([]byte(signature)), c.server.mayBe(name, authzid)
}

// mayBe lets a user act as itself only.
func (s *Server) mayBe(name, authzid string) error {
	if authzid != "" && !strings.EqualFold(authzid, name+"@"+s.config.Domain) {
		return saslFailure("invalid-authzid")
	}
	return nil
}
