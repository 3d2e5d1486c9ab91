package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	apnssim "heraut/simulator/apns"
	devicesim "heraut/simulator/device"
	"heraut/simulator/person"
	"heraut/simulator/school"
)

// Names below the data folder of a demo.
const (
	demoFolder = "simulators"
	demoState  = "state.json"
	demoDiary  = "people.jsonl"
	demoRoster = "roster"
)

// demoTopic is that of the school's app, at the simulated APNs.
const demoTopic = "example.regenboog.app"

// demoSeed decides what each of the demo's people does.
const demoSeed = 4

// demoAskApple is how often the demo asks Apple, which can not notify it:
// notifications need https.
const demoAskApple = 3 * time.Second

// demo is the world of `heraut serve --demo`.
type demo struct {
	*simulators

	parts  *parts
	fleet  *devicesim.Fleet
	folder string
	school school.School
	state  demoStateFile
}

// demoStateFile is what a demo knows of its earlier starts.
type demoStateFile struct {
	Addresses addresses `json:"addresses"`
	// Seeded: the school is in the store. What was changed there since stays.
	Seeded bool `json:"seeded"`
}

// startDemo starts the simulators, points the process' settings at them, and
// at the first start fills the store with a school. People go on with what
// they meant to do when the demo last ended. Pace divides their waits; 1 is
// the demo's. The demo ends with the parts.
func startDemo(ctx context.Context, p *parts, pace float64) (*demo, error) {
	d := &demo{parts: p, folder: filepath.Join(p.config.Data, demoFolder), school: school.New()}
	if err := d.start(pace); err != nil {
		return nil, wrap(err, "starting the simulators")
	}
	p.onClose(func(context.Context) error { return errors.Join(d.fleet.Close(), d.close()) })
	p.config.APNsURL, p.config.APNsCA = d.apns.URL(), d.file(apnsCAFile)
	p.config.AppsBooksURL, p.config.AppsBooksCA = d.books.URL(), d.file(booksCAFile)
	p.config.AskAppleEvery = min(p.config.AskAppleEvery, demoAskApple)
	before := d.state.Addresses
	d.state.Addresses = d.addresses()
	if err := d.fill(ctx, before); err != nil {
		return nil, wrap(err, "filling the demo's school")
	}
	d.state.Seeded = true
	return d, wrap(d.saveState(), "writing down the demo's state")
}

func (d *demo) file(name string) string { return filepath.Join(d.folder, name) }

func (d *demo) start(pace float64) error {
	if err := os.MkdirAll(d.folder, 0o700); err != nil {
		return err
	}
	if err := d.loadState(); err != nil {
		return err
	}
	ca, key, err := readAuthority(d.folder)
	if err != nil {
		return err
	}
	books, err := d.apple()
	if err != nil {
		return err
	}
	d.simulators, err = startSimulators(simulatorOptions{
		listen: d.state.Addresses, anyPort: true, acceptAtInbox: true, log: d.parts.log,
		apns: apnssim.Options{CACertPEM: ca, CAKeyPEM: key}, books: books,
		people: person.Options{People: schoolPeople(d.school, demoSeed), Pace: pace, Diary: d.file(demoDiary)},
	})
	if err != nil {
		return err
	}
	if len(books.Snapshot) == 0 {
		d.buyContent()
	}
	err = errors.Join(writeAuthority(d.folder, d.apns), writeBooksAuthority(d.folder, d.books), d.startDevices(pace))
	if err != nil {
		return errors.Join(err, d.fleet.Close(), d.close())
	}
	return nil
}

func (d *demo) loadState() error {
	d.state.Addresses = defaultAddresses()
	d.state.Addresses.AppsBooks = booksAddress
	content, err := os.ReadFile(d.file(demoState))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(content, &d.state)
	}
	return wrap(err, "reading what the demo knows of its last start")
}

func (d *demo) saveState() error {
	content, err := json.Marshal(d.state)
	if err != nil {
		return err
	}
	return replaceFile(d.file(demoState), append(content, '\n'))
}
