package xmppd

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
)

// Names of SASL mechanisms. None binds to the channel, and so no -PLUS is offered.
const (
	scramSHA256 = "SCRAM-SHA-256"
	scramSHA1   = "SCRAM-SHA-1"
	plain       = "PLAIN"
)

var scramHashes = map[string]func() hash.Hash{scramSHA256: sha256.New, scramSHA1: sha1.New}

const (
	iterations = 4096 // RFC 7677, 4
	saltSize   = 16
)

// scramKeys are what a server keeps of a password for one mechanism. RFC 5802, 3 "SCRAM Algorithm Overview".
type scramKeys struct {
	salt           []byte
	stored, server []byte
}

func newScramKeys(hash func() hash.Hash, password string, salt []byte) (scramKeys, error) {
	salted, err := pbkdf2.Key(hash, password, salt, iterations, hash().Size())
	if err != nil {
		return scramKeys{}, fmt.Errorf("xmppd: password: %w", err)
	}
	stored := hash()
	stored.Write(mac(hash, salted, "Client Key"))
	return scramKeys{salt: salt, stored: stored.Sum(nil), server: mac(hash, salted, "Server Key")}, nil
}

func mac(hash func() hash.Hash, key []byte, text string) []byte {
	h := hmac.New(hash, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// scram is one exchange, after the client's first message.
type scram struct {
	hash       func() hash.Hash
	user       string
	gs2Header  string
	clientBare string
	nonce      string
	keys       scramKeys
	challenge  string
}

var errScram = errors.New("xmppd: not a message of SCRAM")

// clientFirst reads the first message. RFC 5802, 7: gs2-header client-first-message-bare, without extensions.
func clientFirst(hash func() hash.Hash, message string) (x *scram, authzid string, err error) {
	fields := strings.SplitN(message, ",", 3)
	if len(fields) != 3 || fields[0] != "n" && fields[0] != "y" { // "p=": binds to the channel, which was not offered
		return nil, "", errScram
	}
	if fields[1] != "" {
		name, ok := strings.CutPrefix(fields[1], "a=")
		if authzid, err = saslname(name); !ok || err != nil {
			return nil, "", errScram
		}
	}
	bare := strings.Split(fields[2], ",")
	name, isName := strings.CutPrefix(bare[0], "n=")
	if !isName || len(bare) < 2 { // "m=" makes it fail as well
		return nil, "", errScram
	}
	nonce, isNonce := strings.CutPrefix(bare[1], "r=")
	user, err := saslname(name)
	if err != nil || !isNonce || nonce == "" || user == "" {
		return nil, "", errScram
	}
	return &scram{hash: hash, user: user, gs2Header: fields[0] + "," + fields[1] + ",", clientBare: fields[2], nonce: nonce}, authzid, nil
}

// saslname undoes what RFC 5802, 5.1 "SCRAM Attributes", does to names.
func saslname(s string) (string, error) {
	if strings.Count(s, "=") != strings.Count(s, "=2C")+strings.Count(s, "=3D") {
		return "", errScram
	}
	return strings.NewReplacer("=2C", ",", "=3D", "=").Replace(s), nil
}

// serverFirst is the challenge, with our half of the nonce.
func (x *scram) serverFirst(nonce string, keys scramKeys) string {
	x.nonce += nonce
	x.keys = keys
	x.challenge = "r=" + x.nonce + ",s=" + base64.StdEncoding.EncodeToString(keys.salt) + ",i=" + strconv.Itoa(iterations)
	return x.challenge
}

// clientFinal checks the client's proof and returns the server's signature; false if there is no such user or the
// password is wrong.
func (x *scram) clientFinal(message string) (signature string, ok bool, err error) {
	at := strings.LastIndex(message, ",p=")
	if at < 0 {
		return "", false, errScram
	}
	unproven := message[:at]
	proof, err := base64.StdEncoding.DecodeString(message[at+len(",p="):])
	fields := strings.Split(unproven, ",")
	if err != nil || len(fields) < 2 || fields[0] != "c="+base64.StdEncoding.EncodeToString([]byte(x.gs2Header)) || fields[1] != "r="+x.nonce {
		return "", false, errScram
	}
	auth := x.clientBare + "," + x.challenge + "," + unproven
	clientSignature := mac(x.hash, x.keys.stored, auth)
	if len(proof) != len(clientSignature) {
		return "", false, errScram
	}
	clientKey := make([]byte, len(proof))
	subtle.XORBytes(clientKey, proof, clientSignature)
	stored := x.hash()
	stored.Write(clientKey)
	if subtle.ConstantTimeCompare(stored.Sum(nil), x.keys.stored) != 1 {
		return "", false, nil
	}
	return "v=" + base64.StdEncoding.EncodeToString(mac(x.hash, x.keys.server, auth)), true, nil
}
