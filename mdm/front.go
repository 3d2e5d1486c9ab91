package mdm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/service"
	"github.com/micromdm/nanomdm/service/certauth"

	"heraut/fault"
)

// front stands before NanoMDM's service and its check of certificates: it
// turns away what they would take, and tells the ledger what they took.
type front struct {
	service.CheckinAndCommandService

	certificates Certificates
	ledger       Ledger
}

// Authenticate lets a device begin to enroll, in the name of the user that its
// certificate was issued for.
func (f *front) Authenticate(r *mdm.Request, m *mdm.Authenticate) error {
	ctx := r.Context()
	userID, err := f.owner(ctx, r)
	if err != nil {
		return err
	}
	device, err := enrolled(m, userID)
	if err != nil {
		return err
	}
	if err := f.CheckinAndCommandService.Authenticate(r, m); err != nil {
		return err
	}
	if err := f.ledger.DeviceEnrolled(ctx, device); err != nil {
		return fmt.Errorf("noting that device %s enrolls: %w", device.EnrollmentID, err)
	}
	return nil
}

// owner tells who enrolls a device.
func (f *front) owner(ctx context.Context, r *mdm.Request) (string, error) {
	userID, err := f.certificates.CertificateUser(ctx, certauth.HashCert(r.Certificate))
	if fault.Is(err, fault.NotFound) {
		return "", service.NewHTTPStatusError(http.StatusForbidden, errors.New("the certificate is no user's (any more)"))
	}
	return userID, err
}

// TokenUpdate tells where a channel is woken from now on.
func (f *front) TokenUpdate(r *mdm.Request, m *mdm.TokenUpdate) error {
	c, err := renewed(m)
	if err != nil {
		return err
	}
	if err := f.CheckinAndCommandService.TokenUpdate(r, m); err != nil {
		return err
	}
	if err := f.ledger.ChannelRenewed(r.Context(), c); err != nil {
		return fmt.Errorf("noting a push token of device %s: %w", c.DeviceID, err)
	}
	return nil
}

// CheckOut lets a device leave.
func (f *front) CheckOut(r *mdm.Request, m *mdm.CheckOut) error {
	at := time.Now()
	c, err := channelOf(&m.Enrollment)
	if err != nil {
		return err
	}
	if err := f.CheckinAndCommandService.CheckOut(r, m); err != nil {
		return err
	}
	if err := f.ledger.DeviceLeft(r.Context(), c.EnrollmentID, at); err != nil {
		return fmt.Errorf("noting that device %s left: %w", c.DeviceID, err)
	}
	return nil
}

// DeclarativeManagement has no use here, and no device is told to use it.
func (f *front) DeclarativeManagement(*mdm.Request, *mdm.DeclarativeManagement) ([]byte, error) {
	return nil, errNotOffered()
}

// GetToken has no use here.
func (f *front) GetToken(*mdm.Request, *mdm.GetToken) (*mdm.GetTokenResponse, error) {
	return nil, errNotOffered()
}

func errNotOffered() error {
	return service.NewHTTPStatusError(http.StatusNotFound, errors.New("the server does not offer this"))
}

// reporting stands between the check of certificates and NanoMDM's service.
type reporting struct {
	service.CheckinAndCommandService

	ledger Ledger
}

// CommandAndReportResults takes an answer and gives the next command. The
// ledger is told first: when it can not keep the answer, the command stays in
// the queue, is given again, and is answered again.
func (s *reporting) CommandAndReportResults(r *mdm.Request, m *mdm.CommandResults) (*mdm.Command, error) {
	if m.CommandUUID != "" {
		report, err := reported(m)
		if err != nil {
			return nil, err
		}
		if err := s.ledger.CommandReported(r.Context(), m.CommandUUID, report); err != nil {
			return nil, fmt.Errorf("noting the answer to command %s: %w", m.CommandUUID, err)
		}
	}
	return s.CheckinAndCommandService.CommandAndReportResults(r, m)
}
