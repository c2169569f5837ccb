package store

import (
	"otrbot/internal/course"
	"otrbot/lti"
)

func packPlatform(p course.Platform) []byte {
	return pack([]byte(p.Name), packConsumer(p.Consumer), packRegistration(p.Registration), []byte(p.Family), []byte(p.Version),
		packTexts(p.Pending), packTexts(p.Frames), packTime(p.Added), packTime(p.Seen))
}

func unpackPlatform(r row, f form) course.Platform {
	return course.Platform{
		ID: r.id, Name: f.text(0), Consumer: unpackConsumer(f.bytes(1)), Registration: unpackRegistration(f.bytes(2)),
		Family: f.text(3), Version: f.text(4), Pending: f.texts(5), Frames: f.texts(6), Added: f.time(7), Seen: f.time(8),
	}
}

func packConsumer(c *lti.Consumer) []byte {
	if c == nil {
		return nil
	}
	return pack([]byte(c.Key), packTexts(c.Secrets), packTexts(c.Methods), packTexts(c.ServiceHosts))
}

func unpackConsumer(b []byte) *lti.Consumer {
	if len(b) == 0 {
		return nil
	}
	f := readForm(b)
	c := &lti.Consumer{Key: f.text(0), ServiceHosts: f.texts(3)}
	for _, s := range f.texts(1) {
		c.Secrets = append(c.Secrets, lti.Secret(s))
	}
	for _, m := range f.texts(2) {
		c.Methods = append(c.Methods, lti.Method(m))
	}
	return c
}

func packRegistration(r *lti.Registration) []byte {
	if r == nil {
		return nil
	}
	return pack([]byte(r.Issuer), []byte(r.ClientID), []byte(r.AuthURL), []byte(r.TokenURL), []byte(r.TokenAudience),
		[]byte(r.JWKSURL), packTexts(r.Deployments), packFlag(r.AnyDeployment), packTexts(r.ServiceHosts))
}

func unpackRegistration(b []byte) *lti.Registration {
	if len(b) == 0 {
		return nil
	}
	f := readForm(b)
	return &lti.Registration{
		Issuer: f.text(0), ClientID: f.text(1), AuthURL: f.text(2), TokenURL: f.text(3), TokenAudience: f.text(4),
		JWKSURL: f.text(5), Deployments: f.texts(6), AnyDeployment: f.flag(7), ServiceHosts: f.texts(8),
	}
}
