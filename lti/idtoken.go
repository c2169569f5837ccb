package lti

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	maxToken      = 64 << 10
	maxTokenLife  = 24 * time.Hour
	clockLeeway   = 60 * time.Second
	maxKeyID      = 255
	maxDeployment = 255
)

// verifyToken checks an id_token's signature: "1EdTech Security Framework", section 5.1.3, steps 1 to 3. Headers
// that name keys of their own (jwk, jku, x5u) mean nothing; an extension that has to be understood (crit) is refused.
func (t *Tool) verifyToken(ctx context.Context, raw string, reg Registration) (*claims, error) {
	refused := func(detail string, err error) (*claims, error) {
		return nil, &Refusal{Reason: BadToken, Platform: reg.Issuer, Detail: detail, err: err}
	}
	if len(raw) > maxToken {
		return refused("the id_token is longer than 64 KiB", nil)
	}
	token, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return refused("not a compact JWS with RS256", err)
	}
	header := token.Signatures[0].Protected
	switch {
	case header.KeyID == "" || len(header.KeyID) > maxKeyID:
		return refused("the id_token's header has no usable kid", nil)
	case header.ExtraHeaders["crit"] != nil || header.ExtraHeaders["b64"] != nil:
		return refused("the id_token's header has crit or b64", nil)
	}
	key, err := t.platformKey(ctx, reg, header.KeyID)
	if err != nil {
		return nil, err
	}
	payload, err := token.Verify(key)
	if err != nil {
		return refused("the signature of the id_token", err)
	}
	object, err := parseObject(payload)
	if err != nil {
		return refused("the claims of the id_token", err)
	}
	return &claims{of: object}, nil
}

// audience is a string or an array of strings: RFC 7519, section 4.1.3.
type audience []string

func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(b, &many); err != nil {
		return err
	}
	*a = many
	return nil
}

// numericDate is seconds since 1970, as a number: RFC 7519, section 2.
type numericDate struct{ time.Time }

func (n *numericDate) UnmarshalJSON(b []byte) error {
	var seconds float64
	if err := json.Unmarshal(b, &seconds); err != nil {
		return err
	}
	if seconds < 0 || seconds > 1<<40 {
		return errors.New("not a date")
	}
	n.Time = time.Unix(int64(seconds), 0)
	return nil
}

// checkToken is section 5.1.3, steps 4 to 9: for us, from them, now, for this login.
func (t *Tool) checkToken(c *claims, reg Registration, s State) *Refusal {
	issuer, to := required[string](c, "iss"), required[audience](c, "aud")
	expires, issued := required[numericDate](c, "exp"), required[numericDate](c, "iat")
	nonce := required[string](c, "nonce")
	if c.fault != nil {
		return c.fault
	}
	party := optional[string](c, "azp")
	now := t.c.Now()
	switch {
	case issuer != reg.Issuer:
		return refuse(BadToken, "iss is %s, the login was for %s", quote(issuer), quote(reg.Issuer))
	case !slices.Contains(to, reg.ClientID):
		return refuse(BadToken, "aud does not hold our client_id")
	case (len(to) > 1 || !c.missing("azp")) && party != reg.ClientID:
		return refuse(BadToken, "azp is %s, not our client_id", quote(party))
	case !now.Before(expires.Add(clockLeeway)):
		return refuse(WrongTime, "exp was %v ago", now.Sub(expires.Time).Round(time.Second))
	case issued.After(now.Add(clockLeeway)):
		return refuse(WrongTime, "iat is %v in the future", issued.Sub(now).Round(time.Second))
	case expires.Sub(issued.Time) > maxTokenLife:
		return refuse(WrongTime, "the id_token lives %v", expires.Sub(issued.Time))
	case !same(nonce, s.Nonce):
		return refuse(BadToken, "the nonce is not that of the login")
	}
	return nil
}
