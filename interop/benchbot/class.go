package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"otrbot/internal/testkit/learner"
	"otrbot/interop/servers"
	"otrbot/otr"
)

// The learners of lessons are others than those of open sessions.
const (
	lessonPupils = 64
	loginsAtOnce = 16
)

// class is the server, the bot, and those who learn.
type class struct {
	plan       plan
	server     *servers.Instance
	roots      *x509.CertPool
	bot        *child
	orders     orders
	botJID     string
	dir        string
	says       sentences
	parameters *otr.Parameters
	passwords  map[string]string

	idle []*pupil    // with open sessions
	free chan *pupil // without, for lessons
	all  []*pupil    // to be logged out
}

func newClass(p plan, course courseOrders) (c *class, err error) {
	c = &class{plan: p, passwords: make(map[string]string), free: make(chan *pupil, lessonPupils)}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	source := lessonSource(p.hints)
	if c.says, err = readSentences(source); err != nil {
		return c, err
	}
	if c.parameters, err = otr.GenerateParameters(nil); err != nil {
		return c, err
	}
	if c.dir, err = os.MkdirTemp("", "benchbot-"); err != nil {
		return c, err
	}
	if c.server, err = servers.Start(servers.KindProsody, servers.Options{NoDelay: !p.nagle}); err != nil {
		return c, err
	}
	c.roots, c.botJID = c.server.Roots(), "bot@"+c.server.Domain
	names, err := c.accounts()
	if err != nil {
		return c, err
	}
	c.orders = orders{
		Dir: c.dir, JID: c.botJID, Password: c.passwords["bot"], Server: c.server.Addr(), CAFile: c.server.CAFile(),
		Lesson: source, Secret: shared, Course: course,
	}
	for _, name := range names {
		c.orders.Learners = append(c.orders.Learners, name+"@"+c.server.Domain)
	}
	c.bot, err = startChild(c.orders)
	return c, err
}

// accounts makes one for everybody. All learners are the bot's contacts already: inviting them is another matter.
func (c *class) accounts() (names []string, err error) {
	for n := range c.plan.most() {
		names = append(names, fmt.Sprintf("idle%d", n))
	}
	for n := range lessonPupils {
		names = append(names, fmt.Sprintf("busy%d", n))
	}
	for _, name := range append([]string{"bot"}, names...) {
		if c.passwords[name], err = c.server.Register(name); err != nil {
			return nil, err
		}
		contacts := []string{"bot"}
		if name == "bot" {
			contacts = names
		}
		if err := c.server.Befriend(name, contacts...); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// login returns a learner who sees the bot.
func (c *class) login(ctx context.Context, name string) (*pupil, error) {
	l, err := learner.Start(ctx, learner.Config{
		JID: name + "@" + c.server.Domain, Resource: "desk", Password: c.passwords[name], Server: c.server.Addr(),
		Roots: c.roots, Bot: c.botJID, Policy: otr.AllowV2 | otr.AllowV3, Parameters: c.parameters,
	})
	if err != nil {
		return nil, err
	}
	p := &pupil{Learner: l, says: c.says}
	if p.n, err = p.Wait(ctx, 0, learner.Shows("available")); err != nil {
		l.Close()
		return nil, err
	}
	return p, nil
}

// gather logs in those who will have lessons. They also wait for the bot.
func (c *class) gather(ctx context.Context) error {
	for n := range lessonPupils {
		p, err := c.login(ctx, fmt.Sprintf("busy%d", n))
		if err != nil {
			return err
		}
		c.all = append(c.all, p)
		c.free <- p
	}
	return nil
}

// open brings the number of open sessions to n: logged in, greeted, OTR on.
func (c *class) open(ctx context.Context, n int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next := make(chan int)
	go func() {
		defer close(next)
		for i := len(c.idle); i < n; i++ {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	var (
		mu     sync.Mutex
		faults error
		wg     sync.WaitGroup
	)
	for range loginsAtOnce {
		wg.Go(func() {
			for i := range next {
				p, err := c.login(ctx, fmt.Sprintf("idle%d", i))
				if err == nil {
					err = p.enter(ctx)
				}
				mu.Lock()
				if p != nil {
					c.idle, c.all = append(c.idle, p), append(c.all, p)
				}
				if err != nil && faults == nil {
					faults = fmt.Errorf("session %d: %w", i, err)
					cancel()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if faults == nil && ctx.Err() != nil {
		faults = ctx.Err()
	}
	return faults
}

// quiet waits until the bot has nothing to do.
func (c *class) quiet(ctx context.Context) error {
	const step = time.Second
	tick := time.NewTicker(step)
	defer tick.Stop()
	before, err := cpu(c.bot.pid())
	for err == nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		var now time.Duration
		now, err = cpu(c.bot.pid())
		if now-before < step/20 {
			return err
		}
		before = now
	}
	return err
}

// restart has another process take over, and returns how long a learner with an open session waits for an answer from
// it meanwhile.
func (c *class) restart(ctx context.Context) (time.Duration, error) {
	p := c.idle[0]
	p.n = len(p.Seen())
	start := time.Now()
	c.bot.end()
	var err error
	if c.bot, err = startChild(c.orders); err != nil {
		return 0, err
	}
	if err := p.Say("why"); err != nil {
		return 0, err
	}
	_, err = p.Wait(ctx, p.n, p.text("why_verify"))
	return time.Since(start), err
}

// close ends everything that was started.
func (c *class) close() error {
	if c.bot != nil {
		c.bot.end()
	}
	var err error
	if c.server != nil {
		err = c.server.Close()
	}
	var wg sync.WaitGroup
	for _, p := range c.all {
		wg.Go(p.Close)
	}
	wg.Wait()
	return errors.Join(err, os.RemoveAll(c.dir))
}
