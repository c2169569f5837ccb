package otr

import (
	"fmt"
	"slices"

	"otrbot/otr/internal/wire"
)

// partials are the messages that arrive in fragments: Protocol v3, "Receiving Fragments". Each sender has one, version 2
// being a sender of its own.
type partials struct{ list []partial }

type partial struct {
	sender uint32 // 0 in version 2
	wire.Assembler
}

// add takes a fragment. The number of partial messages and their bytes are bounded: the one that waits longest gives way.
func (p *partials) add(f *wire.Fragment, l *Limits) (msg string, complete bool, err error) {
	if held := p.size() + len(f.Piece); held > l.FragmentBytes {
		p.forgetSender(f.Sender)
		if p.size()+len(f.Piece) > l.FragmentBytes {
			return "", false, fmt.Errorf("fragments of %d bytes; the limit is %d", held, l.FragmentBytes)
		}
	}
	n := slices.IndexFunc(p.list, func(q partial) bool { return q.sender == f.Sender })
	if n < 0 {
		if len(p.list) >= l.PartialMessages {
			p.list = slices.Delete(p.list, 0, 1)
		}
		p.list = append(p.list, partial{sender: f.Sender})
		n = len(p.list) - 1
	}
	msg, complete, err = p.list[n].Add(*f, min(l.FragmentBytes, l.MessageBytes))
	if complete || p.list[n].Size() == 0 {
		p.list = slices.Delete(p.list, n, n+1)
	}
	return msg, complete, err
}

func (p *partials) size() (n int) {
	for i := range p.list {
		n += p.list[i].Size()
	}
	return n
}

// forget drops what the sender of a whole message had begun.
func (p *partials) forget(h wire.Header) { p.forgetSender(h.Sender) }

func (p *partials) forgetSender(sender uint32) {
	p.list = slices.DeleteFunc(p.list, func(q partial) bool { return q.sender == sender })
}

func (p *partials) forgetAll() { p.list = nil }
