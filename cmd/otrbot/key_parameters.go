package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"otrbot/otr"
)

// A parameterStore keeps the bot's domain parameters: *store.DB.
type parameterStore interface {
	Parameters(ctx context.Context) (text []byte, ok bool, err error)
	PutParameters(ctx context.Context, text []byte) error
}

// parameterAccount names the throw-away key in whose file the parameters are kept. Nobody ever talks with that key.
var parameterAccount = otr.Account{Name: "parameters", Protocol: "otrbot"}

// sharedParameters returns the domain parameters from which the bot makes a fresh key for every lesson. The first time
// they are made, which takes up to some seconds, and kept. They are no secret; a nil random means crypto/rand.
func sharedParameters(ctx context.Context, s parameterStore, random io.Reader) (*otr.Parameters, error) {
	text, ok, err := s.Parameters(ctx)
	if err != nil {
		return nil, err
	}
	if ok {
		if p, err := readParameters(text); err == nil {
			return p, nil
		} // else they are made anew: nothing depends on the old ones
	}
	p, err := otr.GenerateParameters(random)
	if err != nil {
		return nil, err
	}
	if text, err = writeParameters(p, random); err != nil {
		return nil, err
	}
	return p, s.PutParameters(ctx, text)
}

// writeParameters gives parameters the only written form that OTR has for them: libotr's key file.
func writeParameters(p *otr.Parameters, random io.Reader) ([]byte, error) {
	key, err := otr.GenerateKeyWithParameters(p, random)
	if err != nil {
		return nil, err
	}
	u := otr.NewUserState()
	if err := u.SetKey(parameterAccount, key); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = u.WriteKeys(&text)
	return text.Bytes(), err
}

func readParameters(text []byte) (*otr.Parameters, error) {
	u := otr.NewUserState()
	if err := u.ReadKeys(bytes.NewReader(text)); err != nil {
		return nil, err
	}
	key, ok := u.Key(parameterAccount)
	if !ok {
		return nil, fmt.Errorf("no key of %s", spelled(parameterAccount))
	}
	return key.Parameters(), nil
}
