package xmpp

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"

	"otrbot/internal/xmpp/stanza"
)

// ErrNoPNG says that an avatar must be a PNG image.
var ErrNoPNG = errors.New("xmpp: the avatar is not a PNG image")

// PublishAvatar puts the image into the account's vCard (XEP-0153, XEP-0054), which otherwise stays as it is. Each
// later presence without type carries its hash, and if the hash is new the last presence that was for everybody is sent
// again with it. That takes the place of directed presence sent since: RFC 6121, 4.6. An avatar that is there already
// is not sent again. Errors: ErrNoPNG, those of [Client.Query] and [Client.Send].
func (c *Client) PublishAvatar(ctx context.Context, png []byte) error {
	if !bytes.HasPrefix(png, []byte("\x89PNG\r\n\x1a\n")) {
		return ErrNoPNG
	}
	card, err := c.vCard(ctx)
	if err != nil {
		return err
	}
	data := base64.StdEncoding.EncodeToString(png)
	if !hasPhoto(card, png) {
		card.Nodes = slices.DeleteFunc(card.Nodes, func(n stanza.Node) bool { return n.Element != nil && n.Element.Local == "PHOTO" })
		card.Add(stanza.New(stanza.NSVCard, "PHOTO").Add(
			stanza.New(stanza.NSVCard, "TYPE").AddText("image/png"),
			stanza.New(stanza.NSVCard, "BINVAL").AddText(data)))
		if _, err := c.Query(ctx, stanza.New(stanza.NSClient, "iq", "type", "set").Add(card)); err != nil {
			return err
		}
	}
	sum := sha1.Sum(png)
	return c.showPhoto(hex.EncodeToString(sum[:]))
}

// showPhoto has those who saw us before there was a picture look again: XEP-0153, 3.1.
func (c *Client) showPhoto(hash string) error {
	c.shown.Lock()
	defer c.shown.Unlock()
	if c.shown.photo == hash {
		return nil
	}
	c.shown.photo = hash
	if c.shown.presence == nil {
		return nil
	}
	return c.enqueue(item{}, c.decorate(c.shown.presence))
}

// vCard is our own; an empty one if there is none yet.
func (c *Client) vCard(ctx context.Context) (*stanza.Element, error) {
	e, err := c.Query(ctx, stanza.New(stanza.NSClient, "iq", "type", "get").Add(stanza.New(stanza.NSVCard, "vCard")))
	var refused *QueryError
	if errors.As(err, &refused) && refused.Condition == "item-not-found" {
		return stanza.New(stanza.NSVCard, "vCard"), nil
	}
	if err != nil {
		return nil, err
	}
	if card := e.Child(stanza.NSVCard, "vCard"); card != nil {
		return card, nil
	}
	return stanza.New(stanza.NSVCard, "vCard"), nil
}

func hasPhoto(card *stanza.Element, png []byte) bool {
	photo := card.Child("", "PHOTO")
	if photo == nil || photo.Child("", "BINVAL") == nil {
		return false
	}
	text := bytes.Join(bytes.Fields([]byte(photo.Child("", "BINVAL").Text())), nil)
	b, err := base64.StdEncoding.DecodeString(string(text))
	return err == nil && bytes.Equal(b, png)
}
