// Package mdmstore gives our store the shape in which NanoMDM wants its
// storage: enrollments, certificates, command queues, push certificate.
package mdmstore

import (
	"errors"
	"net/http"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/service"
	"github.com/micromdm/nanomdm/storage"

	"heraut/fault"
	"heraut/store"
)

// Storage is NanoMDM's storage over a store. It is safe for concurrent use.
type Storage struct {
	store *store.Store
	mdm   *store.MDM
}

var _ storage.AllStorage = (*Storage)(nil)

// New makes the storage; the store must have keys for its secrets.
func New(s *store.Store) *Storage { return &Storage{store: s, mdm: s.MDM()} }

// enrollment names the channel that a request came by.
func enrollment(r *mdm.Request) store.MDMEnrollment {
	return store.MDMEnrollment{ID: r.ID, ParentID: r.ParentID, Type: r.Type.String()}
}

// answered gives an error the HTTP status that the device is to see, where the
// fault is the device's: it must not come again with the same message.
func answered(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	switch f.Code {
	case fault.InvalidRequest, fault.Conflict:
		return service.NewHTTPStatusError(http.StatusBadRequest, err)
	case fault.Unavailable:
		return service.NewHTTPStatusError(http.StatusServiceUnavailable, err)
	default:
		return err
	}
}
