package lti

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

const claimMigration = claimPrefix + "lti1p1"

// A Migrated says who and what a launch of LTI 1.3 was in LTI 1.1, so that progress made there can be taken along when
// a site changes over: "LTI 1.3 Core", "Migrating from LTI 1.1 to LTI 1.3". It is there only when the platform has
// proved that it knows the consumer's secret.
type Migrated struct {
	ConsumerKey    string
	UserID         string
	ResourceLinkID string
	ContextID      string
}

// migration reads and checks the claim. One that proves nothing is left out: the launch is good without it.
func (t *Tool) migration(ctx context.Context, c *claims, l *Launch) (*Migrated, error) {
	claim := optional[struct {
		Key            string `json:"oauth_consumer_key"`
		Sign           string `json:"oauth_consumer_key_sign"`
		UserID         string `json:"user_id"`
		ResourceLinkID string `json:"resource_link_id"`
		ContextID      string `json:"context_id"`
	}](c, claimMigration)
	if t.c.Consumers == nil || claim.Key == "" || claim.Sign == "" || len(claim.Key) > maxNonce {
		return nil, nil
	}
	consumer, err := t.c.Consumers.Consumer(ctx, claim.Key)
	if errors.Is(err, ErrUnknown) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// exp as the platform wrote it, if that is a whole number.
	expires := strconv.FormatInt(required[numericDate](c, "exp").Unix(), 10)
	signed := strings.Join([]string{claim.Key, l.DeploymentID, l.Issuer, l.ClientID, expires, required[string](c, "nonce")}, "&")
	proof, err := base64.StdEncoding.DecodeString(claim.Sign)
	if err != nil || !consumer.proves(signed, proof) {
		return nil, nil
	}
	return &Migrated{
		ConsumerKey:    claim.Key,
		UserID:         orElse(claim.UserID, l.User.ID),
		ResourceLinkID: orElse(claim.ResourceLinkID, l.ResourceLink.ID),
		ContextID:      orElse(claim.ContextID, l.Context.ID),
	}, nil
}

func (c Consumer) proves(text string, proof []byte) bool {
	for _, secret := range c.Secrets {
		h := hmac.New(HMACSHA256.hash(), []byte(secret))
		h.Write([]byte(text))
		if secret != "" && hmac.Equal(h.Sum(nil), proof) {
			return true
		}
	}
	return false
}
