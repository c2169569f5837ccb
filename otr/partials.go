package otr

import (
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

// add takes a fragment. The number of partial messages and their bytes are bounded: the one that was begun first gives
// way to another sender's.
func (p *partials) add(f *wire.Fragment, l *Limits) (msg string, complete bool, err error) {
	if !f.Legal() {
		return "", false, wire.ErrIllegalFragment
	}
	limit := min(l.FragmentBytes, l.MessageBytes)
	n := slices.IndexFunc(p.list, func(q partial) bool { return q.sender == f.Sender })
	switch {
	case f.K == 1:
		p.forgetSender(f.Sender)
		p.list = append(p.list, partial{sender: f.Sender})
		n = len(p.list) - 1
	case n < 0:
		return "", false, nil
	case !p.list[n].Continues(*f):
		p.forgetSender(f.Sender)
		return "", false, nil
	}
	if p.list[n].Size()+len(f.Piece) > limit {
		p.forgetSender(f.Sender)
		return "", false, wire.ErrTooLarge
	}
	for len(p.list) > 1 && (len(p.list) > l.PartialMessages || p.size()+len(f.Piece) > l.FragmentBytes) {
		oldest := 0
		if n == 0 {
			oldest = 1
		}
		p.list = slices.Delete(p.list, oldest, oldest+1)
		if oldest < n {
			n--
		}
	}
	msg, complete, err = p.list[n].Add(*f, limit)
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
