package main

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	apnssim "heraut/simulator/apns"
	appsbookssim "heraut/simulator/appsbooks"
	devicesim "heraut/simulator/device"
	"heraut/simulator/person"
	"heraut/simulator/school"
	smtpsim "heraut/simulator/smtp"
)

// simulators are the world outside, played: APNs, a mail server, what both
// show of what they took, people who react to it and, where it is asked for,
// Apps and Books.
type simulators struct {
	apns  *apnssim.Server
	books *appsbookssim.Server
	sink  *smtpsim.Sink
	crowd *person.Crowd
	inbox *http.Server
	pages *http.ServeMux // the inbox's
	log   *slog.Logger

	listener net.Listener // the inbox's
}

// addresses are where simulators listen, host:port.
type addresses struct {
	APNs  string `json:"apns"`
	SMTP  string `json:"smtp"`
	Inbox string `json:"inbox"`
	// AppsBooks is empty where Apps and Books is not played.
	AppsBooks string `json:"apps_books,omitempty"`
}

// defaultAddresses are those of a first start.
func defaultAddresses() addresses {
	return addresses{APNs: "127.0.0.1:2197", SMTP: "127.0.0.1:2525", Inbox: "127.0.0.1:8025"}
}

// simulatorOptions say how to play.
type simulatorOptions struct {
	listen addresses
	// anyPort takes another port of the same host where one is taken.
	anyPort bool
	// anyHost lets the inbox answer by any name.
	anyHost bool
	// acceptAtInbox shows Apple's page of an invite URL at the inbox, without
	// TLS: no browser of a newcomer trusts the simulated Apple's certificate.
	acceptAtInbox bool
	apns          apnssim.Options
	books         appsbookssim.Options
	smtp          smtpsim.Options
	people        person.Options
	log           *slog.Logger
}

// keptMessages is how many mails and pushes the inboxes show.
const keptMessages = 20_000

// Where the inboxes stand, beside each other.
const (
	mailInbox = "/"
	pushInbox = "/push/"
	// deviceDesk is where a person plays the owner of a simulated device.
	deviceDesk = "/devices/"
)

// startSimulators starts the people before whatever reaches them.
func startSimulators(o simulatorOptions) (s *simulators, err error) {
	s = &simulators{log: o.log}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	for _, start := range []func(*simulatorOptions) error{
		s.listenInbox, s.startBooks, s.wakePeople, s.startSink, s.startAPNs, s.serveInbox,
	} {
		if err := start(&o); err != nil {
			return s, err
		}
	}
	return s, nil
}

// showDevices opens the page of devices at the inbox.
func (s *simulators) showDevices(fleet *devicesim.Fleet) {
	desk := fleet.Desk(devicesim.DeskLinks{Style: "/style.css", Mails: mailInbox, Pushes: pushInbox})
	s.pages.Handle(deviceDesk, http.StripPrefix(strings.TrimSuffix(deviceDesk, "/"), desk))
}

// wakePeople makes people who trust the simulated Apple's certificate.
func (s *simulators) wakePeople(o *simulatorOptions) (err error) {
	o.people.Logger = o.log
	if s.books != nil {
		if o.people.RootCAs, err = x509.SystemCertPool(); err != nil {
			return err
		}
		o.people.RootCAs.AppendCertsFromPEM(s.books.CAPEM())
	}
	s.crowd, err = person.New(o.people)
	return err
}

func (s *simulators) startSink(o *simulatorOptions) error {
	o.smtp.Limit, o.smtp.Pushes, o.smtp.Devices = keptMessages, pushInbox, deviceDesk
	o.smtp.OnMessage = func(m smtpsim.Message) {
		links := m.Links()
		for _, to := range m.To {
			s.crowd.Mail(to, links)
		}
	}
	return tryPorts(o.anyPort, o.listen.SMTP, func(address string) (err error) {
		o.smtp.Listen = address
		s.sink, err = smtpsim.New(o.smtp)
		return err
	})
}

func (s *simulators) startAPNs(o *simulatorOptions) error {
	o.apns.Keep, o.apns.Mails = keptMessages, mailInbox
	err := tryPorts(o.anyPort, o.listen.APNs, func(address string) (err error) {
		o.apns.Addr = address
		s.apns, err = apnssim.New(o.apns)
		return err
	})
	if err != nil {
		return err
	}
	s.apns.OnNotification(func(n apnssim.Notification) { s.crowd.Push(n.Token, n.Content().Link) })
	return nil
}

func (s *simulators) startBooks(o *simulatorOptions) error {
	if o.listen.AppsBooks == "" {
		return nil
	}
	if o.acceptAtInbox {
		o.books.InviteBase = "http://" + s.listener.Addr().String()
	}
	return tryPorts(o.anyPort, o.listen.AppsBooks, func(address string) (err error) {
		o.books.Addr = address
		s.books, err = appsbookssim.New(o.books)
		return err
	})
}

func (s *simulators) listenInbox(o *simulatorOptions) error {
	err := tryPorts(o.anyPort, o.listen.Inbox, func(address string) (err error) {
		s.listener, err = new(net.ListenConfig).Listen(context.Background(), "tcp", address)
		return err
	})
	return wrap(err, "listening for the inbox")
}

// serveInbox shows mails and pushes, and Apple's page of an invite URL.
func (s *simulators) serveInbox(o *simulatorOptions) error {
	mux := http.NewServeMux()
	s.pages = mux
	mux.Handle(mailInbox, s.sink.Inbox())
	mux.Handle(pushInbox, http.StripPrefix(strings.TrimSuffix(pushInbox, "/"), s.apns.Inbox()))
	if s.books != nil && o.acceptAtInbox {
		mux.Handle(appsbookssim.InvitePath, s.books.Page())
	}
	s.inbox = &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	if !o.anyHost {
		s.inbox.Handler = localOnly(mux)
	}
	go func() {
		if err := s.inbox.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("The inbox stopped.", "error", err)
		}
	}()
	return nil
}

// localOnly refuses requests for other hosts than this one: a page on the web
// whose name leads here could read people's links otherwise.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "The inbox answers at localhost alone.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// tryPorts listens at an address; where it is taken, and any port will do, at
// a free one of the same host.
func tryPorts(anyPort bool, address string, listen func(address string) error) error {
	err := listen(address)
	if !anyPort || !errors.Is(err, syscall.EADDRINUSE) {
		return err
	}
	host, _, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		return err
	}
	return listen(net.JoinHostPort(host, "0"))
}

// addresses are where the simulators listen in the end.
func (s *simulators) addresses() addresses {
	at := addresses{
		APNs: s.apns.URL()[len("https://"):], SMTP: s.sink.Addr(), Inbox: s.listener.Addr().String(),
	}
	if s.books != nil {
		at.AppsBooks = s.books.Addr()
	}
	return at
}

// close ends what was started; the people last, for they write down what
// arrives until the end.
func (s *simulators) close() error {
	var errs []error
	switch {
	case s.inbox != nil:
		errs = append(errs, s.inbox.Close())
	case s.listener != nil:
		errs = append(errs, s.listener.Close())
	}
	if s.apns != nil {
		errs = append(errs, s.apns.Close())
	}
	if s.books != nil {
		errs = append(errs, s.books.Close())
	}
	if s.sink != nil {
		errs = append(errs, s.sink.Close())
	}
	if s.crowd != nil {
		errs = append(errs, s.crowd.Close())
	}
	return errors.Join(errs...)
}

// schoolPeople are the people of the made-up school, each with a plan of what
// to do: in class 4A all accept.
func schoolPeople(s school.School, seed uint64) []person.Person {
	people := make([]person.Person, 0, len(s.People))
	for _, p := range s.People {
		temper := person.Usual()
		if p.Class == school.Eager {
			temper = person.Eager()
		}
		plays := person.Person{ID: p.ID, Email: p.Email, Plan: temper.Plan(seed, p.ID)}
		for _, d := range s.DevicesOf(p.ID) {
			if d.PushToken != "" {
				plays.Tokens = append(plays.Tokens, d.PushToken)
			}
		}
		people = append(people, plays)
	}
	return people
}
