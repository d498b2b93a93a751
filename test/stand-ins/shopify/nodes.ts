import {
  type Address,
  type Customer,
  currentTotal,
  type Line,
  lineNet,
  type Order,
  type ShopState,
  taxOf,
  type Variant,
} from './state.ts'

/** State → the nodes that GraphQL gives. Lists are plain here; connections are made of them when they are asked for. */

const instant = (at: number | null): string | null =>
  at === null ? null : `${new Date(at).toISOString().slice(0, 19)}Z`

/** Money text with trailing zeros trimmed to one, as recorded: "0.0", "12.5", "25.98". */
export function moneyText(cents: number): string {
  const text = (cents / 100).toFixed(2)
  return text.endsWith('0') ? text.slice(0, -1) : text
}

function bag(order: Order, cents: number) {
  return {
    presentmentMoney: { amount: moneyText(cents), currencyCode: order.currency },
    shopMoney: { amount: moneyText(Math.round(cents * order.rate)), currencyCode: 'USD' },
  }
}

function addressNode(address: Address | null, id: string) {
  if (address === null) return null
  const name = [address.firstName, address.lastName].filter((part) => part !== null).join(' ')
  return {
    __typename: 'MailingAddress',
    id: `gid://shopify/MailingAddress/${id}`,
    name: name === '' ? null : name,
    ...address,
  }
}

export function customerNode(customer: Customer) {
  const full = [customer.firstName, customer.lastName].filter((part) => part !== null).join(' ')
  return {
    __typename: 'Customer',
    id: `gid://shopify/Customer/${customer.id}`,
    legacyResourceId: String(customer.id),
    firstName: customer.firstName,
    lastName: customer.lastName,
    // Shopify falls back from the name to email and phone.
    displayName: full || customer.email || customer.phone || '',
    note: customer.note,
    tags: customer.tags,
    locale: 'en',
    state: 'DISABLED',
    taxExempt: false,
    taxExemptions: [],
    verifiedEmail: true,
    canDelete: false,
    dataSaleOptOut: false,
    lifetimeDuration: '1 month',
    productSubscriberStatus: 'NEVER_SUBSCRIBED',
    statistics: { predictedSpendTier: null },
    numberOfOrders: '1',
    amountSpent: { amount: '0.0', currencyCode: 'USD' },
    defaultEmailAddress:
      customer.email === null ? null : { emailAddress: customer.email, marketingState: 'NOT_SUBSCRIBED' },
    defaultPhoneNumber: customer.phone === null ? null : { phoneNumber: customer.phone },
    defaultAddress: addressNode(customer.address, `${customer.id}?model_name=CustomerAddress`),
    addressesV2:
      customer.address === null
        ? []
        : [addressNode(customer.address, `${customer.id}?model_name=CustomerAddress`)],
    createdAt: instant(customer.createdAt),
    updatedAt: instant(customer.updatedAt),
  }
}

export function variantNode(variant: Variant) {
  return {
    __typename: 'ProductVariant',
    id: `gid://shopify/ProductVariant/${variant.id}`,
    legacyResourceId: String(variant.id),
    title: variant.title,
    displayName: `${variant.productTitle} - ${variant.title}`,
    sku: variant.sku,
    barcode: variant.barcode,
    price: (variant.price / 100).toFixed(2),
    compareAtPrice: null,
    taxable: true,
    position: 1,
    inventoryPolicy: 'DENY',
    inventoryQuantity: 10,
    availableForSale: true,
    sellableOnlineQuantity: 10,
    requiresComponents: false,
    selectedOptions: [{ name: 'Title', value: variant.title }],
    inventoryItem: {
      __typename: 'InventoryItem',
      id: `gid://shopify/InventoryItem/${variant.id}`,
      sku: variant.sku,
      tracked: true,
      requiresShipping: true,
      unitCost: null,
      countryCodeOfOrigin: null,
      harmonizedSystemCode: null,
      measurement: { weight: { value: 0.2, unit: 'KILOGRAMS' } },
    },
    product: {
      __typename: 'Product',
      id: `gid://shopify/Product/${variant.productId}`,
      legacyResourceId: String(variant.productId),
      title: variant.productTitle,
      handle: variant.productTitle.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
      status: 'ACTIVE',
      vendor: 'Northpier',
      productType: '',
      tags: [],
      descriptionHtml: '',
      isGiftCard: false,
      totalInventory: 10,
      tracksInventory: true,
      createdAt: instant(variant.createdAt),
      updatedAt: instant(variant.updatedAt),
    },
    createdAt: instant(variant.createdAt),
    updatedAt: instant(variant.updatedAt),
  }
}

function lineNode(state: ShopState, order: Order, line: Line) {
  const variant = line.variantId === null ? undefined : state.variants.get(line.variantId)
  const discount = line.allocations.reduce((sum, allocation) => sum + allocation, 0)
  const original = line.unit * line.quantity
  return {
    __typename: 'LineItem',
    id: `gid://shopify/LineItem/${line.id}`,
    name: line.variantTitle === null ? line.title : `${line.title} - ${line.variantTitle}`,
    title: line.title,
    variantTitle: line.variantTitle,
    sku: line.sku,
    vendor: 'Northpier',
    quantity: line.quantity,
    currentQuantity: line.currentQuantity,
    unfulfilledQuantity: line.currentQuantity,
    refundableQuantity: line.currentQuantity,
    nonFulfillableQuantity: 0,
    isGiftCard: false,
    requiresShipping: true,
    taxable: line.taxed,
    restockable: true,
    customAttributes: [],
    product: variant === undefined ? null : variantNode(variant).product,
    variant: variant === undefined ? null : variantNode(variant),
    originalUnitPriceSet: bag(order, line.unit),
    originalTotalSet: bag(order, original),
    discountedTotalSet: bag(order, original - discount),
    discountedUnitPriceSet: bag(order, line.unit),
    discountedUnitPriceAfterAllDiscountsSet: bag(
      order,
      line.quantity === 0 ? line.unit : Math.round((original - discount) / line.quantity),
    ),
    totalDiscountSet: bag(order, discount),
    unfulfilledDiscountedTotalSet: bag(order, lineNet(line)),
    discountAllocations: line.allocations.map((allocation, index) => ({
      allocatedAmountSet: bag(order, allocation),
      discountApplication: { __typename: 'DiscountCodeApplication', index },
    })),
    taxLines: taxLines(order, lineNet(line), line.taxed),
  }
}

function taxLines(order: Order, amount: number, taxed: boolean) {
  if (!taxed) return []
  return [
    {
      title: order.taxTitle,
      rate: order.taxRate,
      ratePercentage: order.taxRate * 100,
      priceSet: bag(order, taxOf(order, amount, true)),
      channelLiable: false,
    },
  ]
}

export function orderNode(state: ShopState, order: Order) {
  const total = currentTotal(order)
  const zero = bag(order, 0)
  const customer = order.customerId === null ? undefined : state.customers.get(order.customerId)
  const discounts = order.lines.reduce((sum, line) => sum + line.allocations.reduce((a, b) => a + b, 0), 0)
  const original = order.lines.reduce((sum, line) => sum + line.unit * line.quantity, 0)
  const shipping = order.shipping.reduce((sum, line) => sum + line.price, 0)
  const tax = [
    ...order.lines.map((line) => taxOf(order, lineNet(line), line.taxed)),
    ...order.shipping.map((line) => taxOf(order, line.price, line.taxed)),
  ].reduce((a, b) => a + b, 0)
  const subtotal = order.lines.reduce((sum, line) => sum + lineNet(line), 0)
  const left = order.lines.reduce((sum, line) => sum + line.currentQuantity, 0)
  return {
    __typename: 'Order',
    id: `gid://shopify/Order/${order.id}`,
    legacyResourceId: String(order.id),
    name: order.name,
    number: Number(order.name.slice(1)),
    createdAt: instant(order.createdAt),
    updatedAt: instant(order.updatedAt),
    processedAt: instant(order.createdAt),
    cancelledAt: instant(order.cancelledAt),
    cancelReason: order.cancelledAt === null ? null : 'CUSTOMER',
    closed: false,
    closedAt: null,
    confirmed: true,
    confirmationNumber: null,
    test: order.test,
    email: order.email,
    phone: null,
    note: order.note,
    tags: [],
    poNumber: null,
    sourceName: 'web',
    sourceIdentifier: null,
    currencyCode: 'USD',
    presentmentCurrencyCode: order.currency,
    taxesIncluded: order.taxesIncluded,
    taxExempt: false,
    dutiesIncluded: false,
    displayFinancialStatus: order.financial,
    displayFulfillmentStatus: 'UNFULFILLED',
    discountCode: null,
    discountCodes: [],
    paymentGatewayNames: ['bogus'],
    edited: order.edited,
    estimatedTaxes: false,
    fullyPaid: order.financial === 'PAID',
    unpaid: order.financial === 'PENDING',
    requiresShipping: true,
    returnStatus: 'NO_RETURN',
    statusPageUrl: 'https://acme.example/orders/status',
    subtotalLineItemsQuantity: order.lines.reduce((sum, line) => sum + line.quantity, 0),
    currentSubtotalLineItemsQuantity: left,
    totalWeight: '0',
    currentTotalWeight: '0',
    customerLocale: 'en',
    clientIp: null,
    customAttributes: [],
    cartDiscountAmountSet: zero,
    currentCartDiscountAmountSet: zero,
    currentShippingPriceSet: bag(order, order.cancelledAt === null ? shipping : 0),
    currentSubtotalPriceSet: bag(order, subtotal),
    currentTotalAdditionalFeesSet: null,
    currentTotalDiscountsSet: bag(order, discounts),
    currentTotalDutiesSet: null,
    currentTotalPriceSet: bag(order, total),
    currentTotalTaxSet: bag(order, tax),
    netPaymentSet: zero,
    originalTotalAdditionalFeesSet: null,
    originalTotalDutiesSet: null,
    originalTotalPriceSet: bag(order, original - discounts + shipping),
    subtotalPriceSet: bag(order, original - discounts),
    totalCapturableSet: zero,
    totalDiscountsSet: bag(order, discounts),
    totalOutstandingSet: order.financial === 'PENDING' ? bag(order, total) : zero,
    totalPriceSet: bag(order, original - discounts + shipping),
    totalReceivedSet: order.financial === 'PENDING' ? zero : bag(order, total),
    totalRefundedSet: zero,
    totalRefundedShippingSet: zero,
    totalShippingPriceSet: bag(order, shipping),
    totalTaxSet: bag(order, tax),
    totalTipReceivedSet: bag(order, order.tip),
    taxLines: tax === 0 ? [] : taxLines(order, subtotal, true),
    currentTaxLines: tax === 0 ? [] : taxLines(order, subtotal, true),
    customer: customer === undefined ? null : customerNode(customer),
    billingAddress: addressNode(order.billing, `${order.id}?model_name=Address&kind=billing`),
    shippingAddress: addressNode(order.shippingTo, `${order.id}?model_name=Address&kind=shipping`),
    shippingLine: null,
    shippingLines: order.shipping.map((line) => ({
      __typename: 'ShippingLine',
      id: `gid://shopify/ShippingLine/${line.id}`,
      title: line.title,
      code: line.title,
      carrierIdentifier: null,
      source: 'shopify',
      custom: false,
      isRemoved: false,
      originalPriceSet: bag(order, line.price),
      discountedPriceSet: bag(order, line.price),
      currentDiscountedPriceSet: bag(order, line.price),
      taxLines: taxLines(order, line.price, line.taxed),
      discountAllocations: [],
    })),
    lineItems: order.lines.map((line) => lineNode(state, order, line)),
    transactions: [],
    refunds: [],
    fulfillments: [],
  }
}
