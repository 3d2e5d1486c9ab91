package api

import (
	"context"

	"heraut/people"
)

// ListDevices answers GET /v1/devices.
func (h *handlers) ListDevices(ctx context.Context, r ListDevicesRequestObject) (ListDevicesResponseObject, error) {
	user := valueOf(r.Params.UserID)
	p, err := h.page("devices", user, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.People.ListDevices(ctx, people.DeviceFilter{UserID: user}, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListDevices200JSONResponse{Items: shown(page.Items, func(d people.OwnedDevice) Device { return showDevice(d.Device) }), NextCursor: next}, err
}

// CreateDevice answers POST /v1/devices.
func (h *handlers) CreateDevice(ctx context.Context, r CreateDeviceRequestObject) (CreateDeviceResponseObject, error) {
	device, err := h.createDevice(ctx, *r.Body)
	if err != nil {
		return nil, err
	}
	return CreateDevice201JSONResponse{
		Body:    showDevice(device),
		Headers: CreateDevice201ResponseHeaders{ETag: etagOf(device.Version), Location: "/v1/devices/" + device.ID},
	}, nil
}

func (h *handlers) createDevice(ctx context.Context, body DeviceCreate) (people.Device, error) {
	if id, made := madeBefore(ctx, "device"); made {
		return h.d.People.Device(ctx, id)
	}
	return h.d.People.CreateDevice(ctx, actor(ctx), people.Device{
		Name: body.Name, Platform: people.Platform(body.Platform), SerialNumber: textOf(body.SerialNumber),
		UDID: textOf(body.Udid), UserID: textOf(body.UserID), Push: shown(valueOf(body.Push), readPush),
	})
}

// GetDevice answers GET /v1/devices/{id}.
func (h *handlers) GetDevice(ctx context.Context, r GetDeviceRequestObject) (GetDeviceResponseObject, error) {
	device, err := h.d.People.Device(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return GetDevice200JSONResponse{Body: showDevice(device), Headers: GetDevice200ResponseHeaders{ETag: etagOf(device.Version)}}, nil
}

// UpdateDevice answers PATCH /v1/devices/{id}.
func (h *handlers) UpdateDevice(ctx context.Context, r UpdateDeviceRequestObject) (UpdateDeviceResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	var before string
	device, err := h.d.People.UpdateDevice(ctx, actor(ctx), r.ID, version, func(d people.Device) (people.Device, error) {
		before = d.UserID
		return patchDevice(d, *r.Body), nil
	})
	if err != nil {
		return nil, err
	}
	if before != "" && before != device.UserID {
		h.office.UserChanged(ctx, before)
	}
	return UpdateDevice200JSONResponse{Body: showDevice(device), Headers: UpdateDevice200ResponseHeaders{ETag: etagOf(device.Version)}}, nil
}

func patchDevice(d people.Device, body DevicePatch) people.Device {
	if body.Platform != nil {
		d.Platform = people.Platform(*body.Platform)
	}
	patchText(&d.SerialNumber, body.SerialNumber)
	patchText(&d.UDID, body.Udid)
	patchText(&d.UserID, body.UserID)
	if body.Push.IsSpecified() {
		d.Push = nil
		if !body.Push.IsNull() {
			d.Push = shown(body.Push.MustGet(), readPush)
		}
	}
	return d
}

// DeleteDevice answers DELETE /v1/devices/{id}.
func (h *handlers) DeleteDevice(ctx context.Context, r DeleteDeviceRequestObject) (DeleteDeviceResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	device, err := h.d.People.Device(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if err := h.d.People.DeleteDevice(ctx, actor(ctx), r.ID, version); err != nil {
		return nil, err
	}
	h.office.UserChanged(ctx, device.UserID)
	return DeleteDevice204Response{}, nil
}

func readPush(p PushChannelInput) people.PushChannel {
	return people.PushChannel{Kind: people.PushKind(p.Kind), Topic: p.Topic, Token: p.Token, PushMagic: textOf(p.PushMagic)}
}

func showDevice(d people.Device) Device {
	return Device{
		ID: d.ID, Name: d.Name, Platform: Platform(d.Platform), SerialNumber: orNull[string](d.SerialNumber),
		Udid: orNull[string](d.UDID), UserID: orNull[NullableID](d.UserID), Push: shown(d.Push, showPush),
		CreatedAt: d.CreatedAt.UTC(), UpdatedAt: d.UpdatedAt.UTC(),
	}
}

func showPush(p people.PushChannel) PushChannel {
	return PushChannel{Kind: PushKind(p.Kind), Topic: p.Topic, Live: p.Live(), UpdatedAt: p.UpdatedAt.UTC()}
}
