package main

import (
	"errors"

	"github.com/spf13/cobra"

	"otrbot/otr/toolkit"
)

func toolkitCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "toolkit",
		Short: "Read and forge recorded OTR messages",
		Long: `Read and forge recorded OTR messages, with the keys of a conversation that is over.

The six commands take the arguments and give the output and exit codes of the
programs otr_parse, otr_sesskeys, otr_mackey, otr_readforge, otr_modify and
otr_remac of libotr's toolkit. Options stand before the arguments, so that an
argument may begin with a dash. Input is limited to 16 MiB.

Exit codes: 0 all went well; 1 wrong arguments, no usable message, or a MAC
key that does not fit; 2 input too long or unreadable, output not writable.`,
		Example: `  otrbot toolkit parse < transcript`,
	}
	c.AddCommand(parseCommand(), sesskeysCommand(), mackeyCommand(),
		readforgeCommand(), modifyCommand(), remacCommand())
	return group(c)
}

// tool makes one of the six commands. It takes between least and most
// arguments; whatever is wrong with them is answered with the usage.
func tool(c *cobra.Command, least, most int, run func(c *cobra.Command, args []string, asJSON bool) error) *cobra.Command {
	var asJSON bool
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON, one value a line")
	c.Flags().SetInterspersed(false)
	c.DisableFlagsInUseLine = true
	c.Args = cobra.ArbitraryArgs
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return withUsage(c, err.Error()) })
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return withUsage(c, "")
		}
		err := run(c, args, asJSON)
		if wrong := (*argumentError)(nil); errors.As(err, &wrong) {
			return withUsage(c, wrong.Error())
		}
		return err
	}
	return c
}

// withUsage is an error text followed by what the command takes.
func withUsage(c *cobra.Command, text string) error {
	if text != "" {
		text += "\n"
	}
	return errors.New(text + "Usage: " + c.UseLine() + "\n" + c.Short + ".")
}

func parseCommand() *cobra.Command {
	var fragments bool
	c := &cobra.Command{
		Use:   "parse < transcript",
		Short: "Show the fields of encoded messages; reads the transcript from standard input",
		Long: `Show the fields of the encoded messages of the transcript on standard input:
everything from "?OTR:" to the next period. Queries, errors and text are passed
over. So are fragments, but for the first of each message, in which a message
seems to begin: as with otr_parse it is shown, as far as it goes, as invalid.
--fragments puts them together first.`,
		Example: `  otrbot toolkit parse < transcript
  otrbot toolkit parse --fragments --json < transcript`,
	}
	c.Flags().BoolVar(&fragments, "fragments", false, "put fragmented messages together first")
	return tool(c, 0, 0, func(c *cobra.Command, _ []string, asJSON bool) error {
		transcript, err := readInput(c)
		if err != nil {
			return err
		}
		out := newOutput(c)
		texts, unfinished := toolkit.Scan(transcript), 0
		if fragments {
			texts, unfinished = toolkit.ScanFragments(transcript)
		}
		for _, text := range texts {
			m := toolkit.Parse(text)
			if asJSON {
				out.json(m)
			} else {
				out.text(m.String())
			}
		}
		switch {
		case unfinished > 0:
			note(c, "fragmented messages that never became whole: %d", unfinished)
		case !fragments && looksFragmented(transcript):
			note(c, "the input holds fragments; parse --fragments puts them together")
		case len(texts) == 0:
			note(c, "no OTR message found on stdin")
		}
		return out.flush()
	})
}

func sesskeysCommand() *cobra.Command {
	var v3 bool
	c := &cobra.Command{
		Use:   "sesskeys our_privkey their_pubkey",
		Short: "Derive the keys of a Diffie-Hellman key pair",
		Long: `Derive the session id, the AES keys and the MAC keys from our Diffie-Hellman
private key and the peer's public key, both hexadecimal. The session id is that
of protocol version 1; --v3 and --json add the secure session id of versions 2
and 3 in its two halves, and the extra symmetric key.`,
		Example: `  otrbot toolkit sesskeys 05 07
  otrbot toolkit sesskeys --v3 $privkey $pubkey`,
	}
	c.Flags().BoolVar(&v3, "v3", false, "also show the secure session id and the extra symmetric key")
	return tool(c, 2, 2, func(c *cobra.Command, args []string, asJSON bool) error {
		var arguments argumentReader
		ours := arguments.hex(args[0])
		if len(ours) > toolkit.MaxPrivateKey {
			arguments.fail("")
		}
		theirs := arguments.hex(args[1])
		if arguments.err != nil {
			return arguments.err
		}
		keys, err := toolkit.SessionKeys(ours, theirs)
		if err != nil {
			return err
		}
		out := newOutput(c)
		switch {
		case asJSON:
			out.json(keys)
		case v3:
			out.text(keys.String(), keys.V3())
		default:
			out.text(keys.String())
		}
		return out.flush()
	})
}

func mackeyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "mackey aeskey",
		Short:   "Derive the MAC key that belongs to an AES key",
		Example: `  otrbot toolkit mackey 00112233445566778899aabbccddeeff`,
	}
	return tool(c, 1, 1, func(c *cobra.Command, args []string, asJSON bool) error {
		var arguments argumentReader
		aesKey := arguments.aesKey(args[0])
		if arguments.err != nil {
			return arguments.err
		}
		macKey := toolkit.MACKey(aesKey)
		keys := keyPair{AES: aesKey[:], MAC: macKey[:]}
		out := newOutput(c)
		if asJSON {
			out.json(keys)
		} else {
			out.text("AES key: ", keys.AES.String(), "\nMAC key: ", keys.MAC.String(), "\n")
		}
		return out.flush()
	})
}

func readforgeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "readforge aeskey [new_message] < transcript",
		Short: "Decrypt a Data Message, or put another text into it; reads the transcript from standard input",
		Long: `Check the MAC of the first message on standard input and decrypt it with the
AES key. With new_message, also write the message with that text in place of
the old one, encrypted and with a MAC that verifies; this works with any key.
--json shows the TLVs behind the text too.`,
		Example: `  otrbot toolkit readforge $aeskey < message
  otrbot toolkit readforge $aeskey "I never said that" < message`,
	}
	return tool(c, 1, 2, func(c *cobra.Command, args []string, asJSON bool) error {
		var arguments argumentReader
		aesKey := arguments.aesKey(args[0])
		if arguments.err != nil {
			return arguments.err
		}
		m, err := readData(c)
		if err != nil {
			return err
		}
		plain, readErr := toolkit.Read(m, aesKey)
		if readErr != nil {
			c.PrintErrln("MAC does not verify: wrong AES key?")
		}
		forged := ""
		if len(args) == 2 {
			forged = toolkit.Forge(m, aesKey, args[1]).Encode()
		}
		r := reading{Verified: readErr == nil, Plain: plain, Forged: forged}
		if r.Verified {
			parts := toolkit.ParsePlaintext(plain)
			r.Plaintext = &parts
		}
		out := newOutput(c)
		if asJSON {
			out.json(r)
			return out.flush()
		}
		if r.Verified {
			out.text("Plaintext: ``", r.Text, "''\n")
		}
		if forged != "" {
			out.text(forged, "\n")
		}
		return out.flush()
	})
}

func modifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "modify mackey old_text new_text offset < transcript",
		Short: "Change a guessed text in a Data Message; reads the transcript from standard input",
		Long: `Replace old_text, which is believed to stand at offset in the plaintext of the
first message on standard input, by new_text, which is as long. Neither the AES
key nor the plaintext has to be known; the MAC key has to be right.`,
		Example: `  otrbot toolkit modify $mackey yes no. 0 < message`,
	}
	return tool(c, 4, 4, func(c *cobra.Command, args []string, asJSON bool) error {
		var arguments argumentReader
		macKey := arguments.macKey(args[0])
		if len(args[1]) != len(args[2]) {
			arguments.fail("The old_text and new_text must be of the same length.")
		}
		offset := arguments.number("offset", args[3])
		if arguments.err != nil {
			return arguments.err
		}
		m, err := readData(c)
		if err != nil {
			return err
		}
		modified, err := toolkit.Modify(m, macKey, args[1], args[2], offset)
		if err != nil {
			return wrongMACKey
		}
		return writeData(c, modified, asJSON)
	})
}

func remacCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "remac mackey sender_instance receiver_instance flags snd_keyid rcp_keyid pubkey counter encdata revealed_mackeys",
		Short: "Make a Data Message of version 3 from its pieces, with a MAC",
		Long: `Make a Data Message of protocol version 3 from its pieces and give it a MAC.
Instances, flags and key ids are decimal, the other arguments hexadecimal;
encdata is encrypted already.`,
		Example: `  otrbot toolkit remac $mackey 256 512 0 1 1 $pubkey 0000000000000001 $encdata ""`,
	}
	return tool(c, 10, 10, func(c *cobra.Command, args []string, asJSON bool) error {
		var arguments argumentReader
		macKey := arguments.macKey(args[0])
		m := &toolkit.Data{
			Head: toolkit.Head{Version: 3, Instances: &toolkit.Instances{
				Sender:   arguments.number("sender_instance", args[1]),
				Receiver: arguments.number("receiver_instance", args[2]),
			}},
			Flags:           arguments.flags(args[3]),
			SenderKeyID:     arguments.number("snd_keyid", args[4]),
			RecipientKeyID:  arguments.number("rcp_keyid", args[5]),
			NextDH:          arguments.hex(args[6]),
			Counter:         arguments.counter(args[7]),
			Encrypted:       arguments.hex(args[8]),
			RevealedMACKeys: arguments.hex(args[9]),
		}
		if arguments.err != nil {
			return arguments.err
		}
		return writeData(c, toolkit.Remac(m, macKey), asJSON)
	})
}
