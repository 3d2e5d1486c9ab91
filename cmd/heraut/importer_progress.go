package main

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// progressEvery is how often a client that watches sees something new;
	// aliveEvery is how often an import that stands still says that it lives.
	progressEvery = time.Second
	aliveEvery    = 20 * time.Second
	// deadAfter is after how long of silence an import counts as dead.
	deadAfter = 2 * time.Minute
)

// importProgress is how far an import is.
type importProgress struct{ done, total atomic.Int64 }

func (p *importProgress) set(done, total int) {
	p.total.Store(int64(total))
	p.done.Store(int64(done))
}

// watch tells the store how far an import is, and that it lives, until the
// function that it returns is called.
func (i *importer) watch(job *importJob) (end func()) {
	job.progress = new(importProgress)
	ctx, cancel := context.WithCancel(i.ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		i.tell(ctx, job)
	}()
	return func() {
		cancel()
		<-ended
		if i.ctx.Err() == nil {
			i.tellOnce(i.ctx, job)
		}
	}
}

// tell goes on until ctx ends.
func (i *importer) tell(ctx context.Context, job *importJob) {
	ticks := time.NewTicker(progressEvery)
	defer ticks.Stop()
	told, alive := int64(0), time.Now()
	for {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
		done := job.progress.done.Load()
		if done != told || time.Since(alive) >= aliveEvery {
			told, alive = done, time.Now()
			i.tellOnce(ctx, job)
		}
	}
}

func (i *importer) tellOnce(ctx context.Context, job *importJob) {
	done, total := int(job.progress.done.Load()), int(job.progress.total.Load())
	if err := i.store.ImportProgress(ctx, job.ID, done, total); err != nil && ctx.Err() == nil {
		i.log.Warn("The progress of an import can not be shown.", "import_id", job.ID, "error", err)
	}
}

// bury marks imports of dead processes as failed, now and then, until the
// importer is closed.
func (i *importer) bury() {
	i.work.Go(func() {
		ticks := time.NewTicker(deadAfter / 2)
		defer ticks.Stop()
		for {
			n, err := i.store.AbandonImports(i.ctx, deadAfter)
			switch {
			case i.ctx.Err() != nil:
				return
			case err != nil:
				i.log.Warn("Imports of dead processes were not looked for.", "error", err)
			case n > 0:
				i.log.Info("Imports of dead processes count as failed.", "imports", n)
			}
			select {
			case <-ticks.C:
			case <-i.ctx.Done():
				return
			}
		}
	})
}
