package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/store"
	"otrbot/lti"
)

// publishedFor is how long the next key is to be published before it signs: platforms keep what they fetched for hours.
const publishedFor = 24 * time.Hour

func ltiKeysCommand(from *storeFlags) *cobra.Command {
	var pem, jwks, asJSON bool
	c := &cobra.Command{
		Use:   "keys",
		Short: "Show the public keys with which we sign, and change them",
		Long: `Show the public keys with which we sign for platforms with LTI 1.3. They are made
when they are needed first, and published at PUBLIC_URL/lti/jwks.json, from
where platforms fetch them. Where a key has to be pasted, --pem shows the one
that signs now, or otherwise --jwks the whole set. Private keys are never shown.`,
		Example: `  otrbot lti keys
  otrbot lti keys --pem
  otrbot lti keys rotate`,
	}
	c.Flags().BoolVar(&pem, "pem", false, "show the key that signs now as PEM")
	c.Flags().BoolVar(&jwks, "jwks", false, "show what is published, as JSON")
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON, one key a line, each with its PEM")
	c.MarkFlagsMutuallyExclusive("pem", "jwks", "json")
	ltiAction(c, from, "", func(c *cobra.Command, s *learnerStore, _ []string) error {
		ring, err := s.db.KeyRing(c.Context())
		if err != nil {
			return &failure{err}
		}
		switch {
		case pem:
			return showText(c, func() (string, error) { return ring.Current.PublicPEM() })
		case jwks:
			return showText(c, func() (string, error) {
				set, err := ring.JWKS()
				return string(set) + "\n", err
			})
		}
		return s.showKeys(c, ring, asJSON)
	})
	c.AddCommand(ltiRotateCommand(from), ltiReplaceCommand(from))
	return c
}

func showText(c *cobra.Command, made func() (string, error)) error {
	text, err := made()
	if err != nil {
		return &failure{err}
	}
	return tell(c, "%s", text)
}

// keyShown is a key in JSON.
type keyShown struct {
	ID    string    `json:"kid"`
	Use   string    `json:"use"` // "signs", "next" or "previous"
	Since time.Time `json:"since"`
	PEM   string    `json:"pem"`
}

func (s *learnerStore) showKeys(c *cobra.Command, ring lti.KeyRing, asJSON bool) error {
	since, err := s.db.KeysSince(c.Context())
	if err != nil {
		return &failure{err}
	}
	out := newOutput(c)
	for _, k := range []struct {
		key        lti.Key
		use, words string
	}{
		{ring.Current, "signs", "signs now"},
		{ring.Next, "next", "signs after the next rotation"},
		{ring.Previous, "previous", "signed before the last rotation"},
	} {
		if k.key.ID() == "" {
			continue
		}
		if !asJSON {
			out.text(k.key.ID(), "  ", k.words, "\n")
			continue
		}
		pem, err := k.key.PublicPEM()
		if err != nil {
			return &failure{err}
		}
		out.json(keyShown{k.key.ID(), k.use, since, pem})
	}
	if !asJSON {
		out.text("\nPublished so since ", since.Local().Format("2006-01-02 15:04 MST"), ".\n")
		if base := s.settings.Web.PublicURL; base != "" {
			out.text("Public keyset URL:  ", base, "/lti/jwks.json\nPublic key (PEM):   ", base, "/lti/key.pem\n")
		}
	}
	return out.flush()
}

func ltiRotateCommand(from *storeFlags) *cobra.Command {
	var now bool
	c := &cobra.Command{
		Use:   "rotate",
		Short: "Let the next key sign, and make a new next one",
		Long: `Let the next key sign, and make a new next one. It refuses within a day of the last
change: platforms keep for hours what they have fetched, and would not know the
key. Where a key was pasted, paste the new one (otrbot lti keys --pem).`,
		Example: `  otrbot lti keys rotate`,
	}
	c.Flags().BoolVar(&now, "now", false, "do not wait for the day: for a key that was stolen; grades may fail for hours")
	return ltiAction(c, from, "", func(c *cobra.Command, s *learnerStore, _ []string) error {
		wait := publishedFor
		if now {
			wait = 0
		}
		ring, err := s.db.RotateKeys(c.Context(), time.Now(), wait)
		if fresh := (*store.FreshKeys)(nil); errors.As(err, &fresh) {
			return fmt.Errorf("the next key is published only since %s, and platforms may not know it yet: wait until %s, or add --now",
				fresh.Since.Local().Format("2006-01-02 15:04 MST"), fresh.Since.Add(publishedFor).Local().Format("2006-01-02 15:04 MST"))
		}
		if err != nil {
			return &failure{err}
		}
		return tell(c, "%s signs from now on.\n", ring.Current.ID())
	})
}

func ltiReplaceCommand(from *storeFlags) *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "replace",
		Short: "Make all keys anew, for keys that are damaged or stolen",
		Long: `Make all keys anew, for keys that are damaged or stolen. Platforms that fetch our keys
learn of it within hours, till when grades may fail and are tried again; where a
key was pasted, paste the new one (otrbot lti keys --pem).`,
		Example: `  otrbot lti keys replace --yes`,
	}
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	return ltiAction(c, from, "", func(c *cobra.Command, s *learnerStore, _ []string) error {
		if !yes {
			return errors.New("all keys would be made anew, and platforms refuse our signatures until they fetch them: to do so, add --yes")
		}
		ring, err := s.db.ReplaceKeys(c.Context(), time.Now())
		if err != nil {
			return &failure{err}
		}
		return tell(c, "%s signs from now on.\n", ring.Current.ID())
	})
}
