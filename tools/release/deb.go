package main

import (
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // the kind of package that writeDeb asks for
	"github.com/goreleaser/nfpm/v2/files"
)

// maintainer has an address that nobody can have: whoever hands packages on writes their own.
const maintainer = "The otrbot developers <packages@otrbot.invalid>"

const description = `tutor for private chatting with OTR, on XMPP
 otrbot is a bot that learners chat with. Step by step it has them switch on
 Off-the-Record encryption in their own chat program and verify whom they talk
 to, names the buttons of that program, and can send a grade to Canvas, Moodle
 or Open edX by LTI.
 .
 This package has the service, and the tools around it: a demonstration, a
 terminal client, an editor's check for lessons and translations.`

// writeDeb makes the Debian package.
func writeDeb(p *program, common []packed, source, stage, name string) error {
	list, err := ownFiles(p, source)
	if err != nil {
		return err
	}
	contents, err := staged(append(list, common...), stage, p)
	if err != nil {
		return err
	}
	script := func(name string) string { return filepath.Join(source, "deploy/deb", name) }
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: "otrbot", Arch: p.arch, Version: p.debian, VersionSchema: "none", Section: "net", Priority: "optional",
		Maintainer: maintainer, Description: description, DisableGlobbing: true, MTime: p.time,
		Overridables: nfpm.Overridables{
			Depends:    []string{"systemd | systemd-standalone-sysusers | passwd"},
			Recommends: []string{"ca-certificates"},
			Suggests:   []string{"caddy | nginx", "prometheus"},
			Contents:   contents,
			Scripts:    nfpm.Scripts{PostInstall: script("postinst"), PreRemove: script("prerm"), PostRemove: script("postrm")},
			Deb:        nfpm.Deb{Compression: "gzip"}, // a tenth larger than with xz, in a tenth of the time
		},
	})
	deb, err := nfpm.Get("deb")
	if err != nil {
		return err
	}
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := deb.Package(info, out); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// ownFiles are those that the processor, the version or the modules decide.
func ownFiles(p *program, source string) ([]packed, error) {
	code, err := os.ReadFile(p.path)
	if err != nil {
		return nil, err
	}
	news, err := os.ReadFile(filepath.Join(source, "CHANGELOG.md"))
	if err != nil {
		return nil, err
	}
	rights, err := copyright(p, source)
	if err != nil {
		return nil, err
	}
	changes := fmt.Sprintf("otrbot (%s) unstable; urgency=medium\n\n  * Version %s,\n    of commit %.12s. What is new is in changelog.gz.\n\n -- %s  %s\n",
		p.debian, p.version, p.commit, maintainer, p.time.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	return []packed{
		{"/usr/bin/otrbot", 0o755, code, false},
		{docDir + "copyright", 0o644, rights, false},
		{docDir + "changelog.gz", 0o644, squeeze(news, gzip.BestCompression), false},
		{docDir + "changelog.Debian.gz", 0o644, squeeze([]byte(changes), gzip.BestCompression), false},
	}, nil
}

// staged writes the files to a directory of ours, where nfpm reads them.
func staged(list []packed, stage string, p *program) (files.Contents, error) {
	var contents files.Contents
	for _, f := range list {
		at := filepath.Join(stage, f.path)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(at, f.body, 0o600); err != nil {
			return nil, err
		}
		kind := files.TypeFile
		if f.settings {
			kind = files.TypeConfig
		}
		contents = append(contents, &files.Content{Source: at, Destination: f.path, Type: kind,
			FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: f.mode, MTime: p.time}})
	}
	return contents, nil
}
