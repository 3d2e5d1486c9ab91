package mdmstore

import (
	"context"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/storage"

	"heraut/fault"
	"heraut/store"
)

// EnqueueCommand queues a command. Ids that are not enrolled fail alone, with
// a not_found fault; a command that an id has already is a success.
func (s *Storage) EnqueueCommand(ctx context.Context, ids []string, cmd *mdm.Command) (map[string]error, error) {
	unknown, err := s.mdm.Enqueue(ctx, ids, store.MDMCommand{UUID: cmd.CommandUUID, RequestType: cmd.Command.RequestType, Raw: cmd.Raw})
	if err != nil || len(unknown) == 0 {
		return nil, err
	}
	failed := make(map[string]error, len(unknown))
	for _, id := range unknown {
		failed[id] = fault.New(fault.NotFound, "Nothing is enrolled under this id.")
	}
	return failed, nil
}

// StoreCommandReport keeps what a device said of a command.
func (s *Storage) StoreCommandReport(r *mdm.Request, report *mdm.CommandResults) error {
	return answered(s.mdm.Report(r.Context(), r.ID, report.CommandUUID, report.Status, report.Raw))
}

// RetrieveNextCommand gives the oldest command that waits; nil for none. With
// skipNotNow it leaves out what the device has put off.
func (s *Storage) RetrieveNextCommand(r *mdm.Request, skipNotNow bool) (*mdm.Command, error) {
	c, ok, err := s.mdm.Next(r.Context(), r.ID, skipNotNow)
	if err != nil || !ok {
		return nil, answered(err)
	}
	cmd := &mdm.Command{CommandUUID: c.UUID, Raw: c.Raw}
	cmd.Command.RequestType = c.RequestType
	return cmd, nil
}

// ClearQueue ends what waits for a device and its users.
func (s *Storage) ClearQueue(r *mdm.Request) error {
	if r.ParentID != "" {
		return storage.ErrDeviceChannelOnly
	}
	return answered(s.mdm.ClearCommands(r.Context(), r.ID))
}

// RetrievePushInfo gives where wake-ups go; ids that are not enrolled are left
// out.
func (s *Storage) RetrievePushInfo(ctx context.Context, ids []string) (map[string]*mdm.Push, error) {
	found, err := s.mdm.Push(ctx, ids)
	if err != nil {
		return nil, err
	}
	pushes := make(map[string]*mdm.Push, len(found))
	for id, p := range found {
		pushes[id] = &mdm.Push{PushMagic: p.Magic, Token: p.Token, Topic: p.Topic}
	}
	return pushes, nil
}
