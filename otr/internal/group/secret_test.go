package group

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
)

// secrets lists a value of every type that holds a secret, by value and by
// pointer, with the bytes that must not show.
func secrets(t *testing.T) map[string]struct {
	value  any
	secret []byte
} {
	t.Helper()
	dh, err := GenerateDH(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := dh.Public()
	shared := dh.Shared(&public)
	scalar, err := GenerateScalar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	baseBytes := make([]byte, Size)
	toBytes(baseBytes, NewBase(&public).comb.entries[len(number{}):][:len(number{})])
	k := key(t)
	return map[string]struct {
		value  any
		secret []byte
	}{
		"DHSecret":    {dh, dh.Append(nil)},
		"*DHSecret":   {&dh, dh.Append(nil)},
		"Shared":      {shared, shared.MPI()[4:]},
		"*Shared":     {&shared, shared.MPI()[4:]},
		"Base":        {*NewBase(&public), baseBytes},
		"*Base":       {NewBase(&public), baseBytes},
		"Scalar":      {scalar, scalar.Bytes()},
		"*Scalar":     {&scalar, scalar.Bytes()},
		"PrivateKey":  {*k, k.X()},
		"*PrivateKey": {k, k.X()},
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	for name, test := range secrets(t) {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%b", "%08.3f", "%t", "%z"} {
				fmt.Fprintf(&out, verb+"\n", test.value)
				fmt.Fprintf(&out, verb+"\n", []any{test.value})
			}
			fmt.Fprintln(&out, test.value)
			slog.New(slog.NewTextHandler(&out, nil)).Info("text", "value", test.value)
			slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "value", test.value)
			asJSON, err := json.Marshal(test.value)
			if err != nil {
				t.Fatal(err)
			}
			out.Write(asJSON)
			if s := test.value.(fmt.Stringer).String() + test.value.(fmt.GoStringer).GoString(); s != hidden+hidden {
				t.Errorf("String and GoString are %q", s)
			}

			printed := out.String()
			middle := test.secret[len(test.secret)/2-4:][:8]
			for _, form := range []string{
				string(middle),
				hex.EncodeToString(middle),
				strings.ToUpper(hex.EncodeToString(middle)),
				fmt.Sprintf("% x", middle),
				strings.Trim(fmt.Sprint(middle), "[]"),
				strings.Trim(fmt.Sprintf("%#v", middle), "[]byte{}"),
			} {
				if strings.Contains(printed, form) {
					t.Errorf("the secret shows as %q", form)
				}
			}
		})
	}
}

func TestWipe(t *testing.T) {
	dh, err := GenerateDH(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := dh.Public()
	shared := dh.Shared(&public)
	mpi := shared.MPI()
	scalar, err := GenerateScalar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	dh.Wipe()
	shared.Wipe()
	scalar.Wipe()
	base := NewBase(&public)
	table := base.comb.entries
	base.Wipe()
	if slices.Max(table) != 0 {
		t.Error("something is left of a Base after Wipe")
	}
	if dh != (DHSecret{}) || shared != (Shared{}) || scalar != (Scalar{}) {
		t.Error("something is left after Wipe")
	}
	if !bytes.Equal(mpi, make([]byte, len(mpi))) {
		t.Error("the MPI handed out before Wipe is left")
	}
}
