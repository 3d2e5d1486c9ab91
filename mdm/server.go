package mdm

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/service"
	"github.com/micromdm/nanomdm/service/certauth"
	"github.com/micromdm/nanomdm/service/nanomdm"
	"github.com/micromdm/nanomdm/storage"
)

// Where the server answers, below the address of Heraut.
const (
	PathCheckIn = "/mdm/checkin"
	PathConnect = "/mdm/connect"
	PathSCEP    = "/mdm/scep"
)

// Storage is what the server keeps: enrollments, their certificates and their
// command queues.
type Storage interface {
	storage.ServiceStore
	storage.CertAuthStore
}

// Options of a Server. All but Logger are required.
type Options struct {
	Authority    *Authority
	Storage      Storage
	Challenges   Challenges
	Certificates Certificates
	Ledger       Ledger
	Logger       *slog.Logger // default slog's
}

// Server is an MDM server: an http.Handler for the paths above. It is safe for
// concurrent use.
//
// Whoever a device is, its signature says (SignMessage): headers that a proxy
// could have set are not looked at. No answer has the status 401: a device
// takes it as an order to leave.
type Server struct {
	authority    *Authority
	challenges   Challenges
	certificates Certificates
	service      service.CheckinAndCommandService
	log          *slog.Logger
	mux          *http.ServeMux
}

// NewServer makes a server. The error names an option that is missing.
func NewServer(o Options) (*Server, error) {
	if o.Authority == nil || o.Storage == nil || o.Challenges == nil || o.Certificates == nil || o.Ledger == nil {
		return nil, errors.New("making the MDM server: an option is missing")
	}
	s := &Server{
		authority: o.Authority, challenges: o.Challenges, certificates: o.Certificates,
		log: cmp.Or(o.Logger, slog.Default()), mux: http.NewServeMux(),
	}
	// NanoMDM's own log names accounts: what is worth it is logged here.
	// Users of a Mac from a directory are managed without being asked for a
	// password: their channel, too, is the device's, and invitations go over it.
	users := nanomdm.NewUAService(o.Storage, true)
	inner := &reporting{CheckinAndCommandService: nanomdm.New(o.Storage, nanomdm.WithUserAuthenticate(users)), ledger: o.Ledger}
	s.service = &front{CheckinAndCommandService: certauth.New(inner, o.Storage), certificates: o.Certificates, ledger: o.Ledger}
	s.mux.Handle(PathCheckIn, s.device(service.CheckinRequest))
	s.mux.Handle(PathConnect, s.device(func(_ service.Checkin, r *mdm.Request, body []byte) ([]byte, error) {
		return service.CommandAndReportResultsRequest(s.service, r, body)
	}))
	s.mux.HandleFunc(PathSCEP, s.serveSCEP)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }
