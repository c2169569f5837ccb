package wire

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// FuzzBase64 holds the encoding of messages, which uses vector instructions,
// against the standard package: the same bytes, also in place, the same texts
// refused, and nothing written beyond the destination.
func FuzzBase64(f *testing.F) {
	long := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("otr"), 100))
	for _, s := range []string{
		"", "=", "===", "QQ==", "QR==", "QUI=", "QUJD", "QUJDRA==", "QU\nJD", long, long + "QQ==", long + "Q", long[:200] + "-" + long[200:],
		long[:64] + "\r\n" + long[64:], long[:399] + "=", strings.Repeat("\xff", 64), strings.Repeat("A", 23), strings.Repeat("+/", 50),
	} {
		f.Add([]byte(s))
	}
	standard := base64.StdEncoding.Strict()
	f.Fuzz(func(t *testing.T, in []byte) {
		want := make([]byte, standard.DecodedLen(len(in)))
		n, wantErr := standard.Decode(want, in)

		const guard = 64
		got := bytes.Repeat([]byte{0xa5}, len(want)+guard)
		m, err := encoding.Decode(got[:len(want):len(want)], in)
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got[:m], want[:n]) {
			t.Errorf("decoding %q: %x, %v; the standard package says %x, %v", in, got[:m], err, want[:n], wantErr)
		}
		if !bytes.Equal(got[len(want):], bytes.Repeat([]byte{0xa5}, guard)) {
			t.Errorf("decoding %q wrote beyond the destination", in)
		}

		same := bytes.Clone(in)
		k, err := encoding.Decode(same, same)
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(same[:k], want[:n]) {
			t.Errorf("decoding %q in place: %x, %v; the standard package says %x, %v", in, same[:k], err, want[:n], wantErr)
		}

		text := bytes.Repeat([]byte{0xa5}, standard.EncodedLen(len(in))+guard)
		size := len(text) - guard
		encoding.Encode(text[:size:size], in)
		if string(text[:size]) != standard.EncodeToString(in) {
			t.Errorf("encoding %x: %q, the standard package says %q", in, text[:size], standard.EncodeToString(in))
		}
		if !bytes.Equal(text[size:], bytes.Repeat([]byte{0xa5}, guard)) {
			t.Errorf("encoding %x wrote beyond the destination", in)
		}
	})
}
