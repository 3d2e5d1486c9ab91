package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"heraut/internal/config"
	apnssim "heraut/simulator/apns"
	appsbookssim "heraut/simulator/appsbooks"
	"heraut/simulator/person"
	"heraut/simulator/school"
)

// simulation is one `heraut simulate`.
type simulation struct {
	listen                 addresses
	remote                 bool
	smtpScript, apnsScript string
	booksScript            string
	devices                simulatedDevices
	bought                 bought
	out, topic             string
	people                 bool
	accept, decline, pace  float64
	seed                   uint64
	log                    *slog.Logger
}

func newSimulate() *cobra.Command {
	var s simulation
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Run the simulators alone: APNs, a mail server, devices, and people who answer",
		Long: "Runs a simulated APNs, a simulated Apps and Books, and a mail server that keeps what it is given, with an inbox to look into, " +
			"for drills and for tests from outside. The folder of --out gets the authorities of the simulated APNs (for --apns-ca) and Apps " +
			"and Books (for --appsbooks-ca), push certificates for --topic and for MDM, a content token, and the roster of a made-up school. With --people whoever is written to opens the link and answers. " +
			"Devices enroll at an MDM server that pushes by the simulated APNs, and show what it sends them.",
		Example: "  heraut simulate --people\n" +
			"  heraut simulate --people --devices 1 --devices-profile https://school.example/enroll/abc\n" +
			"  heraut simulate --smtp-listen 127.0.0.1:2600 --smtp-script greylisting.json --out drill",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := load(cmd); err != nil {
				return err
			}
			s.log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
			return s.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	s.flags(cmd)
	config.Bind(cmd, "simulate")
	return cmd
}

func (s *simulation) flags(cmd *cobra.Command) {
	f, at := cmd.Flags(), defaultAddresses()
	f.StringVar(&s.listen.APNs, "apns-listen", at.APNs, "`ADDR` of the simulated APNs")
	f.StringVar(&s.listen.SMTP, "smtp-listen", at.SMTP, "`ADDR` of the mail server")
	f.StringVar(&s.listen.Inbox, "inbox-listen", at.Inbox, "`ADDR` of the inbox for mails, and for pushes below /push/")
	f.StringVar(&s.listen.AppsBooks, "appsbooks-listen", booksAddress, "`ADDR` of the simulated Apps and Books")
	f.BoolVar(&s.remote, "remote", false, "allow addresses other than loopback: whoever reaches the inbox can answer for everybody")
	f.StringVar(&s.apnsScript, "apns-script", "", "faults of the simulated APNs, a JSON `FILE`")
	f.StringVar(&s.smtpScript, "smtp-script", "", "faults of the mail server, a JSON `FILE`")
	f.StringVar(&s.booksScript, "appsbooks-script", "", "faults of the simulated Apps and Books, a JSON `FILE`")
	s.devices.flags(f)
	s.bought.flags(f)
	f.StringVar(&s.out, "out", "heraut-simulators", "folder for certificates and a roster, a `DIR`")
	f.StringVar(&s.topic, "topic", demoTopic, "topic of the push certificate, a `NAME`")
	f.BoolVar(&s.people, "people", false, "open the links of mails and pushes and answer")
	f.Float64Var(&s.accept, "accept", 1, "`SHARE` of the people who accept")
	f.Float64Var(&s.decline, "decline", 0, "`SHARE` of the people who decline")
	f.Float64Var(&s.pace, "pace", 1, "`FACTOR` by which people are faster: 60 makes seconds of minutes")
	f.Uint64Var(&s.seed, "seed", 1, "`NUMBER` that decides what chance does, always the same")
}

// run plays until ctx ends.
func (s *simulation) run(ctx context.Context, out io.Writer) (err error) {
	o, err := s.options()
	if err != nil {
		return err
	}
	played, err := startSimulators(o)
	if err != nil {
		return wrap(err, "starting the simulators")
	}
	defer func() { err = errors.Join(err, played.close()) }()
	if len(o.books.Snapshot) == 0 {
		s.bought.buy(played.books)
	}
	if err := s.write(played); err != nil {
		return err
	}
	at := played.addresses()
	_, err = fmt.Fprintf(out, "APNs        https://%s (--apns-url; --apns-ca %s)\nSMTP        %s\nmail inbox  http://%s/\npush inbox  http://%s/push/\n"+
		"Apps/Books  %s (--appsbooks-url; --appsbooks-ca %s; content token %s)\n",
		at.APNs, filepath.Join(s.out, apnsCAFile), at.SMTP, at.Inbox, at.Inbox,
		played.books.URL(), filepath.Join(s.out, booksCAFile), filepath.Join(s.out, booksTokenFile))
	if err != nil {
		return wrap(err, "writing to standard output")
	}
	fleet, err := s.devices.start(ctx, s.out, s.pace, played, s.log)
	if err != nil {
		return wrap(err, "starting the devices")
	}
	defer func() { err = errors.Join(err, fleet.Close()) }()
	<-ctx.Done()
	return nil
}

func (s *simulation) options() (simulatorOptions, error) {
	if err := s.check(); err != nil {
		return simulatorOptions{}, err
	}
	o := simulatorOptions{listen: s.listen, log: s.log, anyHost: s.remote}
	o.apns.Seed, o.smtp.Seed = s.seed, s.seed
	var err error
	if o.apns.Script, err = readScript(s.apnsScript, apnssim.ReadScript); err != nil {
		return o, usageError{err}
	}
	if o.smtp.Rules, err = readScript(s.smtpScript, readMailRules); err != nil {
		return o, usageError{err}
	}
	if o.books.Script, err = readScript(s.booksScript, appsbookssim.ReadScript); err != nil {
		return o, usageError{err}
	}
	if err := errors.Join(s.devices.read(), s.bought.check()); err != nil {
		return o, err
	}
	if err := s.authorities(&o); err != nil {
		return o, err
	}
	if s.people {
		o.people = person.Options{Pace: s.pace, Stranger: s.stranger}
	}
	return o, nil
}

func (s *simulation) check() error {
	if s.accept < 0 || s.decline < 0 || s.accept+s.decline > 1 {
		return usagef("--accept and --decline are shares: from 0 to 1 together, not %v and %v", s.accept, s.decline)
	}
	if s.pace <= 0 {
		return usagef("--pace is more than 0")
	}
	for flag, address := range map[string]string{"apns": s.listen.APNs, "smtp": s.listen.SMTP, "inbox": s.listen.Inbox, "appsbooks": s.listen.AppsBooks} {
		host, port, err := net.SplitHostPort(address)
		if _, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil {
			return usagef("--%s-listen is an address such as 127.0.0.1:2525, not %q", flag, address)
		}
		if ip := net.ParseIP(host); !s.remote && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return usagef("--%s-listen %s is not a loopback address: the simulators have no sign-in; --remote allows it", flag, address)
		}
	}
	return nil
}

// stranger makes a person of an address or of a device: which of them is the
// same person, nobody outside can know.
func (s *simulation) stranger(id string) person.Person {
	temper := person.Eager()
	temper.Accept, temper.Decline = s.accept, s.decline
	return person.Person{ID: id, Plan: temper.Plan(s.seed, id)}
}

// authorities opens those of an earlier run, so that certificates stay good.
func (s *simulation) authorities(o *simulatorOptions) error {
	if err := os.MkdirAll(s.out, 0o700); err != nil {
		return wrap(err, "making the folder of --out")
	}
	var err error
	if o.apns.CACertPEM, o.apns.CAKeyPEM, err = readAuthority(s.out); err != nil {
		return wrap(err, "reading the authority of an earlier run")
	}
	o.books.Keep = func(state []byte) error { return replaceFile(filepath.Join(s.out, booksStateFile), state) }
	return wrap(readBooks(s.out, &o.books), "reading the Apps and Books of an earlier run")
}

// write puts what a Heraut needs to use the simulators into the folder.
func (s *simulation) write(played *simulators) error {
	for name, topic := range map[string]string{"push-certificate": s.topic, "mdm-push-certificate": demoMDMTopic} {
		if err := writeCertificate(filepath.Join(s.out, name), played.apns, topic); err != nil {
			return wrap(err, "making a push certificate")
		}
	}
	rosterFolder := filepath.Join(s.out, demoRoster)
	if err := os.MkdirAll(rosterFolder, 0o700); err != nil {
		return wrap(err, "making a roster")
	}
	made := school.New()
	return errors.Join(
		writeAuthority(s.out, played.apns),
		writeBooks(s.out, played.books),
		made.WriteRoster(rosterFolder),
	)
}
