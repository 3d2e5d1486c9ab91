package activities_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/content"
	appsbookssim "heraut/simulator/appsbooks"
)

// errKilled is what a process sees of its own end: nothing works any more.
var errKilled = errors.New("killed")

// doom ends a process at one of its deeds: before it is done, or after, so that
// its answer is lost.
type doom struct {
	mu    sync.Mutex
	left  int // deeds until the end; below zero: it lives on
	after bool
	dead  bool
}

// meets does a deed, or not.
func (d *doom) meets(deed func() error) error {
	d.mu.Lock()
	if d.dead {
		d.mu.Unlock()
		return errKilled
	}
	now := d.left == 0
	d.left--
	d.dead = now
	d.mu.Unlock()
	switch {
	case !now:
		return deed()
	case d.after:
		_ = deed() // nobody is there to see it
	}
	return errKilled
}

// doomed is a depot whose process ends at some deed.
type doomed struct {
	activities.Library
	activities.Licenses
	*doom
}

func (d doomed) Asset(ctx context.Context, ref content.AssetRef) (a content.Asset, found bool, err error) {
	err = d.meets(func() error { a, found, err = d.Library.Asset(ctx, ref); return err })
	return a, found, err
}

func (d doomed) Holders(ctx context.Context, ref content.AssetRef) (h content.Holders, err error) {
	err = d.meets(func() error { h, err = d.Library.Holders(ctx, ref); return err })
	return h, err
}

func (d doomed) Submit(ctx context.Context, b content.Batch) (s content.Submission, err error) {
	err = d.meets(func() error { s, err = d.Library.Submit(ctx, b); return err })
	return s, err
}

func (d doomed) Await(ctx context.Context, s content.Submission) (e content.Event, err error) {
	err = d.meets(func() error { e, err = d.Library.Await(ctx, s); return err })
	return e, err
}

func (d doomed) PlanLicenses(ctx context.Context, location string) (p content.PlannedLicenses, err error) {
	err = d.meets(func() error { p, err = d.Licenses.PlanLicenses(ctx, location); return err })
	return p, err
}

func (d doomed) ClaimBatch(ctx context.Context, location string, ref content.AssetRef, kind content.BatchKind, limit int) (b content.Batch, ok bool, err error) {
	err = d.meets(func() error { b, ok, err = d.Licenses.ClaimBatch(ctx, location, ref, kind, limit); return err })
	return b, ok, err
}

func (d doomed) BatchSubmitted(ctx context.Context, id string, s content.Submission) error {
	return d.meets(func() error { return d.Licenses.BatchSubmitted(ctx, id, s) })
}

func (d doomed) SettleBatch(ctx context.Context, b content.Batch, outcomes []content.Outcome) error {
	return d.meets(func() error { return d.Licenses.SettleBatch(ctx, b, outcomes) })
}

func (d doomed) KeepHolders(ctx context.Context, location string, ref content.AssetRef, h content.Holders) error {
	return d.meets(func() error { return d.Licenses.KeepHolders(ctx, location, ref, h) })
}

// killAt runs a distribution whose process ends at a deed, if it gets there.
func (d *depot) killAt(deed int, after bool) {
	d.t.Helper()
	library, licenses := d.library, d.licenses
	defer func() { d.library, d.licenses = library, licenses }()
	one := doomed{library, licenses, &doom{left: deed, after: after}}
	d.library, d.licenses = one, one
	if _, err := d.run(d.t.Context()); err != nil {
		require.ErrorIs(d.t, err, errKilled)
	}
}

// TestKilledDistributions: sixty users, forty-five seats, and a process that
// dies at every one of its deeds, while seats are bought and given up.
func TestKilledDistributions(t *testing.T) {
	d := scarce(t, 60, 0)
	d.apple.SetLimit("maxClientUserIds", 7)
	seats := 0
	change := func() {
		switch n := rand.N(4); {
		case n == 0 && len(d.order) > 50:
			d.leave(d.order[rand.N(len(d.order))])
		case seats < 45:
			d.buy(scarceApp, n+1)
			seats += n + 1
		}
	}
	for deed := range 14 {
		for _, after := range []bool{false, true} {
			change()
			d.killAt(deed, after)
			d.requireNobodyPassedOver()
		}
	}
	for seats < 45 {
		d.buy(scarceApp, 1)
		seats++
	}
	d.done()
	d.done()
	d.requireFirst(min(seats, len(d.order)))
	require.Equal(t, d.order[min(seats, len(d.order)):], d.waiting())
}

// TestKilledAtRandom is the same with faults of Apple's in between.
func TestKilledAtRandom(t *testing.T) {
	d := scarce(t, 60, 45)
	d.apple.SetLimit("maxClientUserIds", 10)
	faults := []appsbookssim.Rule{
		{Path: "/assets/associate", Break: appsbookssim.Reset, Taken: true},
		{Path: "/assets/associate", Break: appsbookssim.Reset},
		{Path: "/assets/associate", Event: appsbookssim.Stuck},
		{Path: "/assets/associate", Event: appsbookssim.Fail, Number: 9603},
		{Path: "/assets/associate", Event: appsbookssim.Fail, Number: 9603, Unnamed: true},
		{Path: "/assets/associate", Status: 429, Number: 9646},
		{Path: "/assets/associate", Status: 200, Number: 9603, Taken: true},
		{Path: "/assignments", Status: 503, Number: 9729},
		{Path: "/status", Status: 400, Number: 9708},
	}
	for range 25 {
		rule := faults[rand.N(len(faults))]
		rule.Count = 1
		require.NoError(t, d.apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{rule}}))
		d.connect()
		ctx, cancel := context.WithCancel(t.Context())
		d.library = &cancelling{Library: d.library, left: rand.N(8), cancel: cancel}
		_, _ = d.run(ctx) // it may end by any fault
		cancel()
		d.requireNobodyPassedOver()
	}
	require.NoError(t, d.apple.SetScript(appsbookssim.Script{}))
	d.connect()
	d.done()
	d.done()
	d.requireFirst(45)
	require.Equal(t, d.order[45:], d.waiting())
}

// cancelling cancels a run at one of its questions to Apple.
type cancelling struct {
	activities.Library

	left   int
	cancel context.CancelFunc
}

func (c *cancelling) count() {
	c.left--
	if c.left == 0 {
		c.cancel()
	}
}

func (c *cancelling) Submit(ctx context.Context, b content.Batch) (content.Submission, error) {
	c.count()
	s, err := c.Library.Submit(ctx, b)
	c.count()
	return s, err
}

func (c *cancelling) Await(ctx context.Context, s content.Submission) (content.Event, error) {
	c.count()
	return c.Library.Await(ctx, s)
}
