package api

import (
	"context"

	"heraut/fault"
	"heraut/people"
)

// ListSCIMClients answers GET /v1/scim-clients.
func (h *handlers) ListSCIMClients(ctx context.Context, r ListSCIMClientsRequestObject) (ListSCIMClientsResponseObject, error) {
	p, err := h.page("scim-clients", nil, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.SCIMClients.ListSCIMClients(ctx, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListSCIMClients200JSONResponse{Items: shown(page.Items, showSCIMClient), NextCursor: next}, err
}

// CreateSCIMClient answers POST /v1/scim-clients. As with keys, the token of a
// client whose answer was lost is lost too: that client is ended and another is
// made.
func (h *handlers) CreateSCIMClient(ctx context.Context, r CreateSCIMClientRequestObject) (CreateSCIMClientResponseObject, error) {
	if id, made := madeBefore(ctx, "scim_client"); made {
		if err := h.d.SCIMClients.DeleteSCIMClient(ctx, actor(ctx), id); err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	client, token, err := h.d.SCIMClients.CreateSCIMClient(ctx, actor(ctx), people.SCIMClient{Name: r.Body.Name})
	if err != nil {
		return nil, err
	}
	return CreateSCIMClient201JSONResponse{
		Body:    NewSCIMClient{ID: client.ID, Name: client.Name, CreatedAt: client.CreatedAt.UTC(), Token: token},
		Headers: CreateSCIMClient201ResponseHeaders{Location: "/v1/scim-clients/" + client.ID},
	}, nil
}

// RotateSCIMToken answers POST /v1/scim-clients/{id}/rotate. Where the answer
// was lost, it makes another token: the one in use works on, as said before.
func (h *handlers) RotateSCIMToken(ctx context.Context, r RotateSCIMTokenRequestObject) (RotateSCIMTokenResponseObject, error) {
	client, token, err := h.d.SCIMClients.RotateSCIMToken(ctx, actor(ctx), r.ID, valueOf(r.Body.EndOld))
	if err != nil {
		return nil, err
	}
	return RotateSCIMToken200JSONResponse{
		ID: client.ID, Name: client.Name, CreatedAt: client.CreatedAt.UTC(), Token: token, OldTokenUntil: timeOrNull(client.OldTokenUntil),
	}, nil
}

// DeleteSCIMClient answers DELETE /v1/scim-clients/{id}.
func (h *handlers) DeleteSCIMClient(ctx context.Context, r DeleteSCIMClientRequestObject) (DeleteSCIMClientResponseObject, error) {
	if err := h.d.SCIMClients.DeleteSCIMClient(ctx, actor(ctx), r.ID); err != nil {
		return nil, err
	}
	return DeleteSCIMClient204Response{}, nil
}

func showSCIMClient(c people.SCIMClient) SCIMClient {
	return SCIMClient{
		ID: c.ID, Name: c.Name, CreatedAt: c.CreatedAt.UTC(), LastUsedAt: timeOrNull(c.LastUsedAt), OldTokenUntil: timeOrNull(c.OldTokenUntil),
	}
}
