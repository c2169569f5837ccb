package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"otrbot/internal/chat"
	"otrbot/internal/settings"
	"otrbot/internal/xmpp"
	"otrbot/otr"
)

type chatFlags struct {
	server, caFile, policy, passwordFile, dir, script string
	directTLS, line                                   bool
}

func chatCommand() *cobra.Command {
	var flags chatFlags
	c := &cobra.Command{
		Use:   "chat JID [PEER]",
		Short: "Chat with OTR, in this terminal",
		Long: `Chat with OTR, in this terminal: JID is your own address, PEER that of whom you
want to talk with. What you type is sent; a line that begins with / is a command:
/help lists them.

In a terminal the program fills the screen. With --line, or when it does not run in
a terminal, it writes each thing that happens as a line of plain words: good for
screen readers and for pipes. --script plays a conversation from a file and fails
when something expected does not come; docs/chat.md tells how to write one.

Your key, the keys of others and whom you trust are kept in libotr's files in --dir,
where otrbot key finds them. The first start makes your key.`,
		Example: `  otrbot chat ana@example.org tutor@example.org
  otrbot chat ana@example.org --server localhost:5222 --ca-file demo.pem
  otrbot chat ana@example.org ben@example.org --password-file pw --script talk.chat`,
		DisableFlagsInUseLine: true,
		Args:                  cobra.ArbitraryArgs,
		RunE:                  flags.run,
	}
	f := c.Flags()
	f.StringVar(&flags.server, "server", "", "host:port to connect to (default: what the JID's domain says in DNS)")
	f.BoolVar(&flags.directTLS, "direct-tls", false, "the server of --server speaks TLS from the first byte")
	f.StringVar(&flags.caFile, "ca-file", "", "PEM file with the certificates to trust (default: this machine's)")
	f.StringVar(&flags.policy, "policy", "manual", "when conversations become private: manual (when you say /start), opportunistic\n(whenever both sides can) or always (nothing is sent in clear)")
	f.StringVar(&flags.passwordFile, "password-file", "", "file whose first line is the password (default: it is asked for)")
	f.StringVar(&flags.dir, "dir", "", "directory of keys and fingerprints (default: otrbot among the user's settings)")
	f.BoolVar(&flags.line, "line", false, "write plain lines instead of filling the screen")
	f.StringVar(&flags.script, "script", "", "play this file and end")
	c.SetFlagErrorFunc(withHelp)
	return c
}

func (f *chatFlags) run(c *cobra.Command, args []string) error {
	config, err := f.config(c, args)
	if err != nil {
		return err
	}
	front, err := f.front(c)
	if err != nil {
		return err
	}
	password, err := f.password(c, config.XMPP.JID)
	if err != nil {
		return err
	}
	config.XMPP.Password = password
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return chatError(chat.Run(ctx, config, front))
}

// chatError: what nobody expected is the machine's fault.
func chatError(err error) error {
	var wrong *otr.FileError
	var notSeen *chat.NotSeen
	var unknown x509.UnknownAuthorityError
	switch {
	case err == nil, errors.As(err, &wrong), errors.As(err, &notSeen):
		return err
	case errors.Is(err, xmpp.ErrConflict):
		return fmt.Errorf("this account is used by another otrbot chat with the same keys: end that one first (%w)", err)
	case errors.As(err, &unknown):
		return fmt.Errorf("%w\nIf you know the server, name a file with its certificate, or that of its authority, with --ca-file", err)
	case exitCode(err) != exitRefused:
		return err
	}
	return &failure{err}
}

// config is everything but the password.
func (f *chatFlags) config(c *cobra.Command, args []string) (chat.Config, error) {
	config := chat.Config{Version: thisVersion().Version, ParseJID: settings.ParseJID}
	if len(args) == 0 || len(args) > 2 {
		return config, withHelp(c, errors.New("your own address is needed, and perhaps that of whom you want to talk with: otrbot chat ana@example.org ben@example.org"))
	}
	jid, err := settings.ParseJID(args[0])
	if err != nil {
		return config, err
	}
	if len(args) == 2 {
		if config.Peer, err = settings.ParseJID(args[1]); err != nil {
			return config, err
		}
		if config.Peer == jid {
			return config, fmt.Errorf("%s is your own address: whom do you want to talk with?", jid)
		}
	}
	policies := map[string]otr.Policy{"manual": otr.Manual, "opportunistic": otr.Opportunistic, "always": otr.Always}
	policy, ok := policies[f.policy]
	if !ok {
		return config, withHelp(c, fmt.Errorf("--policy %q: write manual, opportunistic or always", f.policy))
	}
	config.Policy = policy
	if config.Dir, err = f.directory(); err != nil {
		return config, err
	}
	config.XMPP = xmpp.Config{JID: jid, Server: f.server, DirectTLS: f.directTLS}
	if f.directTLS && f.server == "" {
		return config, withHelp(c, errors.New("--direct-tls says how to speak with the server of --server, which is missing"))
	}
	if host, port, err := net.SplitHostPort(f.server); f.server != "" && (err != nil || host == "" || port == "") {
		return config, withHelp(c, fmt.Errorf("--server %q: write host and port, such as 127.0.0.1:5222", f.server))
	}
	if f.caFile != "" {
		config.XMPP.TLS.Roots, err = readRoots(f.caFile)
	}
	return config, err
}

func (f *chatFlags) directory() (string, error) {
	if f.dir != "" {
		return f.dir, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", errors.New("this user has no directory for settings: name one with --dir")
	}
	return filepath.Join(dir, "otrbot"), nil
}

func readRoots(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--ca-file: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca-file: %s holds no certificate in PEM form", path)
	}
	return roots, nil
}

// front is the way in which the person takes part.
func (f *chatFlags) front(c *cobra.Command) (chat.Front, error) {
	in, inTerminal := terminal(c.InOrStdin())
	_, outTerminal := terminal(c.OutOrStdout())
	switch {
	case f.script != "":
		file, err := os.Open(f.script)
		if err != nil {
			return nil, fmt.Errorf("--script: %w", err)
		}
		defer file.Close()
		script, err := chat.ReadScript(f.script, file)
		if err != nil {
			return nil, err
		}
		return chat.NewPlay(script, c.OutOrStdout()), nil
	case inTerminal && outTerminal && !f.line && os.Getenv("TERM") != "dumb":
		return chat.NewScreen(in, c.OutOrStdout()), nil
	}
	lines := &chat.Lines{In: c.InOrStdin(), Out: c.OutOrStdout()}
	if inTerminal {
		lines.Hide = func() func() { show, _ := hideTyping(c); return show }
	}
	return lines, nil
}

// terminal is the stream as a file, if it is a terminal.
func terminal(stream any) (*os.File, bool) {
	f, ok := stream.(*os.File)
	if !ok {
		return nil, false
	}
	info, err := f.Stat()
	return f, err == nil && info.Mode()&os.ModeCharDevice != 0 && stty(f, "-g") == nil
}

// password reads it from the file, or asks for it.
func (f *chatFlags) password(c *cobra.Command, jid string) (xmpp.Password, error) {
	if f.passwordFile != "" {
		text, err := os.ReadFile(f.passwordFile)
		if err != nil {
			return "", fmt.Errorf("--password-file: %w", err)
		}
		line, _, _ := strings.Cut(string(text), "\n")
		if line = strings.TrimRight(line, "\r"); line == "" {
			return "", fmt.Errorf("--password-file: the first line of %s is empty", f.passwordFile)
		}
		return xmpp.Password(line), nil
	}
	if _, ok := terminal(c.InOrStdin()); !ok {
		return "", withHelp(c, errors.New("there is no terminal to ask for the password: name a file with --password-file"))
	}
	fmt.Fprintf(c.ErrOrStderr(), "Password of %s (not shown): ", jid)
	show, _ := hideTyping(c)
	line, err := readLine(c)
	show()
	fmt.Fprintln(c.ErrOrStderr())
	if err != nil || line == "" {
		return "", errors.New("no password: nothing was done")
	}
	return xmpp.Password(line), nil
}

// readLine reads no further than the end of the line: the rest is for the conversation.
func readLine(c *cobra.Command) (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := c.InOrStdin().Read(one)
		switch {
		case n > 0 && one[0] == '\n':
			return strings.TrimRight(string(line), "\r"), nil
		case n > 0 && len(line) < 4096:
			line = append(line, one[0])
		case err != nil:
			return string(line), err
		}
	}
}
