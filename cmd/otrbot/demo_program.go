package main

import (
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strings"

	"otrbot/internal/demo"
)

// described is the demo in JSON, for scripts.
type described struct {
	Listen      string             `json:"listen"`
	Domain      string             `json:"domain"`
	Bot         string             `json:"bot"`
	Secret      string             `json:"secret"`
	Accounts    []describedAccount `json:"accounts"`
	Certificate string             `json:"certificate"`      // path of a PEM file
	Fingerprint string             `json:"fingerprint"`      // SHA-256 of the certificate
	Course      string             `json:"course,omitempty"` // address of the learning management system; absent with --no-web
	Pages       string             `json:"pages,omitempty"`  // of the bot's pages, without a slash at the end
}

type describedAccount struct {
	JID      string `json:"jid"`
	Password string `json:"password"`
}

func describe(s demo.Scene) described {
	d := described{
		Listen: s.Address.String(), Domain: demo.Domain, Bot: s.Bot, Secret: s.Secret.Reveal(),
		Certificate: s.Certificate, Fingerprint: hex.EncodeToString(s.Fingerprint[:]),
	}
	if s.Course != nil {
		d.Course, d.Pages = s.Course.URL, s.Course.Pages
	}
	for _, a := range s.Accounts {
		d.Accounts = append(d.Accounts, describedAccount{a.JID, a.Password.Reveal()})
	}
	return d
}

// program tells people what to do next.
func program(s demo.Scene) string {
	host, port, _ := net.SplitHostPort(s.Address.String())
	ana, ben := s.Accounts[0], s.Accounts[1]
	name, _, _ := strings.Cut(ana.JID, "@")
	course := ""
	if s.Course != nil {
		course = strings.NewReplacer("{course}", s.Course.URL, "{ana}", ana.JID).Replace(courseText)
	}
	return strings.NewReplacer(
		"{in the browser}", course,
		"{address}", s.Address.String(), "{host}", host, "{port}", port, "{bot}", s.Bot, "{secret}", s.Secret.Reveal(),
		"{ana}", ana.JID, "{password}", ana.Password.Reveal(), "{ben}", ben.JID, "{password of ben}", ben.Password.Reveal(),
		"{name}", name, "{domain}", demo.Domain, "{otrbot}", howStarted(os.Args[0]),
		"{certificate}", s.Certificate, "{fingerprint}", colons(s.Fingerprint[:]), "{mcabberrc}", s.Mcabber,
	).Replace(programText)
}

const programText = `The demo is on, for this machine alone. Control-C ends it.

    bot            {bot}
    your account   {ana}     password  {password}
    another one    {ben}     password  {password of ben}
    shared secret  {secret}
                   The bot knows it too. Type it only where your client asks for it.

{in the browser}Now log in with a chat client that speaks OTR and say hello to the bot. It tells you the rest.

Without a client of your own, in another terminal, in this directory:
    {otrbot} chat {ana} {bot} --server {address} --ca-file {certificate}

Profanity:
    profanity
    /connect {ana} server {host} port {port} tls trust
    /otr gen
    /msg {bot} hello
    /sub allow

mcabber:
    mcabber -f {mcabberrc}
    /roster search {bot}
    (an empty line opens the chat)
    hello

Thunderbird, Pidgin (with its OTR plugin) and others: add an XMPP account, user name {name}, domain {domain},
server {host}, port {port}. Say yes when {bot} wants to be your contact. When you are asked about the
certificate, compare its SHA-256 fingerprint:
    {fingerprint}
`

const courseText = `To see the bot in a course with a gradebook, open {course} in your browser, choose Ana, and open the activity.
Its page asks for your address, {ana}, and for a secret of your own, which then replaces the one above.
The chat that belongs to it is the same as without the course, in whichever client you like:

`

// howStarted is what to type to start this program once more.
func howStarted(arg string) string {
	if strings.Contains(arg, "go-build") {
		return "go run ./cmd/otrbot"
	}
	return arg
}

// colons is the usual form of a certificate's fingerprint.
func colons(fingerprint []byte) string {
	pairs := make([]string, len(fingerprint))
	for i, b := range fingerprint {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}
