package toolkit

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// messages is how many generated messages all programs read.
const messages = 1200

func TestGeneratedMessages(t *testing.T) {
	const workers = 8
	for w := range workers {
		t.Run(strconv.Itoa(w), func(t *testing.T) {
			t.Parallel()
			d := roll(uint64(w))
			for range messages / workers {
				text, r := d.message()
				compare(t, text, "parse")
				if r.raw != nil || d.chance(5) {
					compareForgeries(t, d, text, r)
				}
			}
		})
	}
}

// compareForgeries reads and changes one message in all ways.
func compareForgeries(t *testing.T, d dice, text string, r recorded) {
	aesKey, macKey := hex.EncodeToString(r.aesKey), hex.EncodeToString(r.macKey)
	if r.raw == nil || d.chance(10) {
		aesKey, macKey = hex.EncodeToString(d.bytes(16)), hex.EncodeToString(d.bytes(20))
	}
	compare(t, text, "readforge", aesKey)
	news := []string{"", "a new text", "n\u00e9w", "-1", "--json", "\xff", strings.Repeat("long ", 100)}
	forged := compare(t, text, "readforge", aesKey, news[d.IntN(len(news))])
	compare(t, forged.stdout, "parse")

	oldText, newText := guesses(d, r.text)
	modified := compare(t, text, "modify", macKey, oldText, newText, strconv.Itoa(d.IntN(len(r.text)+3)))
	compare(t, modified.stdout, "readforge", aesKey)
}

// guesses are two texts of one length without a NUL, which no argument holds.
func guesses(d dice, text string) (oldText, newText string) {
	oldText, _, _ = strings.Cut(text, "\x00")
	b := d.bytes(len(oldText))
	for i := range b {
		b[i] |= 1
	}
	return oldText, string(b)
}

func TestTranscripts(t *testing.T) {
	d := roll(100)
	var all strings.Builder
	for range 300 {
		text, _ := d.message()
		all.WriteString(d.around(text) + "\n")
	}
	compare(t, all.String(), "parse")
	compare(t, strings.ReplaceAll(all.String(), "\n", "\r\n"), "parse")

	r := d.dataMessage(3)
	first := armor(r.raw) + "\n"
	compare(t, first+all.String(), "readforge", hex.EncodeToString(r.aesKey))
	compare(t, "?OTR:AAMK. "+first, "readforge", hex.EncodeToString(r.aesKey))
}

func TestInputs(t *testing.T) {
	huge := armor(append(roll(101).head(2, 0x12), data(make([]byte, 1<<20))...))
	for _, input := range []string{
		"", "\n", "hello", "?OTR", "?OTR:", "?OTR:.", "?OTR:===.", "?OTR:A.", "?OTR:AAM.", "?OTR:AAMD.", "?OTR:AAED", "?OTR:AAEK.",
		"?OTRv23?", "?OTR?", "?OTR Error: x", "?OTR,1,1,?OTR:AAMD.,", "?OTR|100|200,1,1,?OTR:AAMD.,",
		"??OTR:AAMD.", "?O?OTR:AAMD.", "?OTR?OTR:AAMD.", "?OTR:?OTR:AAMD.", "?OTR:AAMD?OTR:AAMD.", "?OTR:AAMD\x00.?OTR:AAMC.", "?OTR:\x00AAMD.",
		"?OTR:AA MD.", "?OTR:AAMD .", "?OTR:aaMD.", "?otr:AAMD.", ".?OTR:AAMD.", "?OTR:AAMD..", strings.Repeat("?OTR:AAMD.", 50),
		huge, huge[:len(huge)-1],
	} {
		compare(t, input, "parse")
		compare(t, input, "readforge", strings.Repeat("00", 16))
		compare(t, input, "modify", strings.Repeat("00", 20), "a", "b", "0")
	}
}

// Every length and content of what follows a whole group of base64.
func TestBase64Endings(t *testing.T) {
	// A D-H Key Message of version 2 whose number has length 0 to 11.
	var all strings.Builder
	for length := range byte(12) {
		start := base64.RawStdEncoding.EncodeToString([]byte{0, 2, 0x0a, 0, 0, 0, length})
		for _, rest := range strings.Fields("= == === B BC BC= B= B== B=C =BC ==BC BC====DEFG BCD BCDE BCDEF BCDEFG BCDEFG= BCDEFG== BCDEFGH BCD= BCD== BCDE= BCDE=FGH BCDEF=GH BCDEFG=H B-_C B!CD BCDE==== BCDE===FGHI") {
			all.WriteString("?OTR:" + start + rest + ".\n")
		}
	}
	compare(t, all.String(), "parse")
}

func TestSesskeys(t *testing.T) {
	const p = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF"
	privates := []string{"", "00", "01", "05", "0005", strings.Repeat("ff", 40), strings.Repeat("00", 40)}
	publics := []string{"", "00", "01", "02", "20", "0020", "21", p, p[:382] + "FE", p[:382] + "FD", "01" + p, "00" + p, strings.Repeat("01", 1000)}
	for _, x := range privates {
		for _, y := range publics {
			compare(t, "", "sesskeys", x, y)
		}
	}
	d := roll(102)
	for range 100 {
		compare(t, "", "sesskeys", hex.EncodeToString(d.bytes(d.IntN(41))), hex.EncodeToString(d.bytes(d.IntN(200))))
	}
}

func TestMackey(t *testing.T) {
	d := roll(103)
	for range 20 {
		compare(t, "", "mackey", hex.EncodeToString(d.bytes(16)))
	}
	compare(t, "", "mackey", "00112233445566778899AABBCCDDeeff")
}

func TestRemac(t *testing.T) {
	d := roll(104)
	for range 100 {
		made := compare(t, "", "remac", hex.EncodeToString(d.bytes(20)), fmt.Sprint(d.Uint32()), fmt.Sprint(d.Uint32()), fmt.Sprint(d.IntN(256)),
			fmt.Sprint(d.Uint32()), fmt.Sprint(d.Uint32()), hex.EncodeToString(d.bytes(d.IntN(200))), hex.EncodeToString(d.bytes(8)),
			hex.EncodeToString(d.bytes(d.IntN(300))), hex.EncodeToString(d.bytes(d.IntN(45))))
		compare(t, made.stdout, "parse")
	}
}

// Arguments of every shape in every place; the others are right.
func TestArguments(t *testing.T) {
	d := roll(105)
	r := d.dataMessage(3)
	aesKey, macKey := hex.EncodeToString(r.aesKey), hex.EncodeToString(r.macKey)
	tools := []struct {
		name string
		args []string
	}{
		{"parse", nil},
		{"sesskeys", []string{"05", "07"}},
		{"mackey", []string{aesKey}},
		{"readforge", []string{aesKey}},
		{"readforge", []string{aesKey, "new"}},
		{"modify", []string{macKey, "hell", "help", "0"}},
		{"remac", []string{macKey, "256", "512", "0", "1", "2", "05", "0000000000000001", "aabb", ""}},
	}
	shapes := []string{
		"", "x", "0", "00", "1x", " 1", "\t\n\v\f\r1", "+1", "+-1", "0x1", "1.5", "01", "2 ", "1e3", "help", "parse", "modify",
		"255", "256", "4294967295", "4294967296", "4294967297", "9223372036854775808", "18446744073709551615", "18446744073709551616", "99999999999999999999999",
		"0g", "g0", "FF", "fff", "\u00e9", "\xff\xff", "a\x0bb", "''", "%d",
		strings.Repeat("00", 7), strings.Repeat("00", 8), strings.Repeat("00", 9), strings.Repeat("00", 15), strings.Repeat("Aa", 16), strings.Repeat("00", 17),
		strings.Repeat("0g", 16), strings.Repeat("00", 19), strings.Repeat("00", 20), strings.Repeat("00", 21), strings.Repeat("0g", 20), strings.Repeat("00", 40), strings.Repeat("00", 41),
	}
	dashed := []string{"-1", "-0", "--1", "-x", "-h", "--help", "--json", "--v3", "--", "-", "-4294967295", "-9223372036854775809", "-99999999999999999999999"}
	for _, tool := range tools {
		t.Run(fmt.Sprint(tool.name, len(tool.args)), func(t *testing.T) {
			t.Parallel()
			input := armor(r.raw)
			for n := range len(tool.args) + 3 {
				args := append(append([]string{}, tool.args...), "", "")
				compare(t, input, tool.name, args[:n]...)
			}
			for i := range tool.args {
				for _, shape := range shapes {
					compare(t, input, tool.name, replaced(tool.args, i, shape)...)
				}
				if i == 0 {
					continue // where ours has options
				}
				for _, shape := range dashed {
					compare(t, input, tool.name, replaced(tool.args, i, shape)...)
				}
			}
			// Two faults: the first in order is reported.
			for i := range tool.args {
				for j := range i {
					compare(t, input, tool.name, replaced(replaced(tool.args, i, "zz"), j, "zzz")...)
				}
			}
		})
	}
}

func replaced(args []string, i int, with string) []string {
	changed := append([]string{}, args...)
	changed[i] = with
	return changed
}
