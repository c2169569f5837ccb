package demo

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// furnish writes files that clients want.
func (h *house) furnish() (err error) {
	if h.directory, err = os.MkdirTemp("", "otrbot-demo-"); err != nil {
		return err
	}
	var certificate []byte
	certificate, h.Fingerprint = h.server.Certificate()
	h.Certificate = filepath.Join(h.directory, "certificate.pem")
	h.Mcabber = filepath.Join(h.directory, "mcabberrc")
	keys := filepath.Join(h.directory, "mcabber-otr")
	err = errors.Join(
		os.WriteFile(h.Certificate, certificate, 0o644),
		os.WriteFile(h.Mcabber, []byte(h.mcabberrc(keys)), 0o600),
		os.Mkdir(keys, 0o700),
	)
	if err != nil {
		h.remove()
	}
	return err
}

// remove leaves nothing behind. What it cannot remove goes with the directory for temporary files.
func (h *house) remove() { _ = os.RemoveAll(h.directory) }

// mcabberrc is for the first account. It keeps its keys in a directory of its own, not among those of the user.
func (h *house) mcabberrc(keys string) string {
	host, port, _ := net.SplitHostPort(h.Address.String())
	return fmt.Sprintf(`set jid = %s
set password = %s
set server = %s
set port = %s
set tls = 1
set ssl_ca = %s
set otr = 1
set otr_dir = %s/
otrpolicy default manual
set logging = 0
`, h.Accounts[0].JID, h.Accounts[0].Password.Reveal(), host, port, h.Certificate, keys)
}
